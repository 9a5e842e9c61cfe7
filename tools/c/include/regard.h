/* regard for C: quantised attention encoder-decoders on microcontrollers, in a fixed buffer.
 *
 *     model file (flash) ──┐
 *     arena (RAM) ─────────┴─► regard_open ─► regard_translate ─► regard_next … ─► words
 *
 * The library allocates nothing, has no globals, and uses integers alone. A malformed model file, an
 * unknown word or a buffer that is too small is an error with a message; none of them can crash.
 * Model file, arena and regard_t must stay where they are while they are used; a regard_t is used by
 * one thread at a time. Two of them are independent.
 */
#ifndef REGARD_H
#define REGARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An engine. What is in it is the library's own. */
typedef struct {
    uintptr_t room[192];
} regard_t;

/* A word that was said. */
typedef struct {
    const char *text;           /* UTF-8, `length` bytes, no zero behind them */
    size_t length;
    uint16_t token;
    const uint16_t *alignment;  /* a weight a source token (or place of a picture); 32768 is 1 */
    size_t alignment_length;    /* 0 if the model has no attention */
} regard_word_t;

/* What came of a call. */
typedef enum {
    REGARD_WORD = 0,    /* there is a word */
    REGARD_BUSY = 1,    /* of regard_advance: nothing to say yet */
    REGARD_DONE = 2,    /* all is said, or nothing was asked */
    REGARD_ERROR = 3    /* regard_message tells */
} regard_progress_t;

/* How the bytes of a picture lie. */
typedef enum {
    REGARD_GREY = 0,    /* a byte a pixel */
    REGARD_RGB565 = 1,  /* two bytes a pixel, the lower one first: red is in the highest bits */
    REGARD_RGB888 = 2   /* three bytes a pixel: red, green, blue */
} regard_pixels_t;

/* Bytes of RAM that a model needs, or 0 if `file` is no whole model file. `file`: at an address that
 * is a multiple of 4. */
size_t regard_arena_bytes(const void *file, size_t bytes);

/* Checks a model file, all of it, and makes an engine. `arena`: at least regard_arena_bytes, at an
 * address that is a multiple of 4. Returns false if file or arena cannot be used; regard_message tells
 * why. An engine that was open is begun anew. */
bool regard_open(regard_t *engine, const void *file, size_t bytes, void *arena, size_t arena_bytes);

/* Begins to translate. `text`: UTF-8, `length` bytes. What was being said is dropped. Returns false,
 * and has begun nothing, if a word is unknown or there are too many. */
bool regard_translate(regard_t *engine, const char *text, size_t length);

/* Begins to describe a picture, which must stay where it is until the first word. */
bool regard_describe(regard_t *engine, regard_pixels_t pixels, size_t width, size_t height,
                     const void *picture, size_t bytes);

/* The next word. It holds until the next call of this or of regard_advance, or until something else is begun. */
regard_progress_t regard_next(regard_t *engine, regard_word_t *word);

/* Does a piece of work, bounded as docs/BENCH.md lists: for watchdogs and other tasks. */
regard_progress_t regard_advance(regard_t *engine, regard_word_t *word);

/* The word that regard_next gave, as a reader writes it: with a space before it where one belongs, or joined
 * to the piece of a word before. To be asked once for each word, in their order, and with NULL behind the
 * last, for a letter whose bytes are not all there. Writes at most `room` bytes, whole letters and a zero
 * behind them, and returns how many, without the zero: a word, a space and a letter left over have room in
 * the bytes of the longest word and 6 more; what has no room is left out. */
size_t regard_text(regard_t *engine, const regard_word_t *word, char *out, size_t room);

/* Runs the test that a model file carries: does this machine compute the same bits? Drops what was
 * being said. */
bool regard_self_test(regard_t *engine);

/* Why the last call failed, in a sentence of UTF-8, with a zero behind it; "" if it did not. Writes at
 * most `room` bytes, and returns how many, without the zero. */
size_t regard_message(const regard_t *engine, char *out, size_t room);

#ifdef __cplusplus
}
#endif
#endif
