/* The same on a microcontroller without a C library: Arm MPS2 AN386 (Cortex-M4F), which QEMU emulates.
 *
 *     cargo build --release --target thumbv7em-none-eabihf
 *     arm-none-eabi-gcc -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16 -Os -Iinclude \
 *         -nostdlib -T examples/mps2/mps2.ld examples/mps2/main.c \
 *         target/thumbv7em-none-eabihf/release/libregard_c.a -lgcc -o translate.elf
 *     qemu-system-arm -M mps2-an386 -nographic -semihosting -kernel translate.elf
 */
#include "regard.h"

/* The model lies in flash, where the linker puts it. */
__asm__(".section .rodata.model,\"a\",%progbits\n"
        ".balign 4\n"
        ".global model\nmodel:\n.incbin \"" MODEL "\"\n"
        ".global model_end\nmodel_end:\n"
        ".section .note.GNU-stack,\"\",%progbits\n"
        ".text\n");
extern const uint8_t model[], model_end[];

/* As many bytes as `regard inspect` states of the model. */
static uint32_t arena[ARENA / 4];
static regard_t engine;

static volatile uint32_t *const uart = (volatile uint32_t *)0x40004000;

static void say(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        while (uart[1] & 1) {}
        uart[0] = (uint8_t)text[i];
    }
}

static void end(int code) {
    /* Semihosting: SYS_EXIT_EXTENDED. */
    uint32_t block[2] = {0x20026, (uint32_t)code};
    register uint32_t operation __asm__("r0") = 0x20;
    register uint32_t *argument __asm__("r1") = block;
    __asm__ volatile("bkpt 0xAB" : : "r"(operation), "r"(argument) : "memory");
    for (;;) {}
}

static void failed(void) {
    char message[200];
    say(message, regard_message(&engine, message, sizeof message));
    say("\n", 1);
    end(1);
}

static void translate(void) {
    static const char sentence[] = TEXT;
    static char text[100];
    uart[2] = 1;
    uart[4] = 16;
    if (!regard_open(&engine, model, model_end - model, arena, sizeof arena)) failed();
    if (!regard_self_test(&engine)) failed();
    if (!regard_translate(&engine, sentence, sizeof sentence - 1)) failed();
    regard_word_t word;
    regard_progress_t progress;
    while ((progress = regard_next(&engine, &word)) == REGARD_WORD) {
        say(text, regard_text(&engine, &word, text, sizeof text));
    }
    say(text, regard_text(&engine, 0, text, sizeof text));
    say("\n", 1);
    if (progress != REGARD_DONE) failed();
    end(0);
}

extern uint32_t stack_top[], bss[], bss_end[];

static void reset(void) {
    /* The floating-point unit: the library does not use it, but code of its target may. */
    *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20;
    for (uint32_t *word = bss; word < bss_end; word++) *word = 0;
    translate();
}

static void fault(void) {
    end(3);
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    stack_top, (void *)reset, (void *)fault, (void *)fault, (void *)fault, (void *)fault, (void *)fault,
};
