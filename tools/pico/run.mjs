#!/usr/bin/env node
// node run.mjs IMAGE: a Raspberry Pi Pico runs a UF2 image, or the ELF file that one would be made of.
// Its serial port is this terminal; what the program ends with is the exit status.

import { readFileSync, writeFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { parseArgs } from "node:util";
import { isElf, segments } from "./elf.mjs";
import { CLOCK, End, Pico } from "./pico.mjs";
import { pack, unpack } from "./uf2.mjs";
import { MISS_CYCLES } from "./xip.mjs";

const USAGE = `node run.mjs IMAGE [options]      IMAGE: a UF2 file, or an ELF file
  --xip [N]        a read of flash that its cache misses costs N cycles, ${MISS_CYCLES} if N is left out;
                   without this option flash is as fast as RAM
  --cycles N       give up after so many; without it after 10e9, never at a terminal
  --vectors        start at the vector table, without the second stage of the boot loader
  --oled FILE      write the picture of the display as PBM; - prints it
  --report FILE    write how it ended, cycles, misses and changes of the LED as JSON; - prints them
  --uf2 FILE       write the image as UF2
At a terminal ctrl-] leaves.`;

const MOST_CYCLES = 10e9;
const STEPS = 200_000;
const LEAVE = 0x1d;
const [REFUSED, WAITED, LATE] = [2, 3, 124];

function options() {
  const given = process.argv.slice(2);
  const xip = given.indexOf("--xip");
  if (xip >= 0 && !/^\d+$/.test(given[xip + 1] ?? "")) given.splice(xip + 1, 0, `${MISS_CYCLES}`);
  const text = { type: "string" };
  const known = { xip: text, cycles: text, oled: text, report: text, uf2: text };
  const { values, positionals } = parseArgs({
    args: given,
    allowPositionals: true,
    options: { ...known, vectors: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help || positionals.length !== 1) throw new Error(USAGE);
  return { ...values, image: positionals[0], xip: number(values.xip), cycles: number(values.cycles) };
}

function number(text) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value >= 0)) throw new Error(`${text} is no number of cycles`);
  return value;
}

/** An image as the pages of a UF2 file, which an ELF file is made into first. */
function pagesOf({ image, uf2 }) {
  const bytes = readFileSync(image);
  const file = isElf(bytes) ? pack(segments(bytes)) : bytes;
  if (uf2 !== undefined) writeFileSync(uf2, file);
  return unpack(file);
}

/** Types what comes in at a terminal; wakes whoever waits for it. */
class Keyboard {
  constructor(pico) {
    this.left = false;
    this.wake = () => {};
    process.stdin.setRawMode(true).on("data", (bytes) => {
      this.left ||= bytes.includes(LEAVE);
      pico.typed.push(...bytes);
      this.wake();
    });
  }
  more() {
    return new Promise((wake) => (this.wake = wake));
  }
  close() {
    process.stdin.setRawMode(false).pause();
  }
}

async function talk(pico, heard, most) {
  const keyboard = process.stdin.isTTY ? new Keyboard(pico) : undefined;
  if (!keyboard) for await (const bytes of process.stdin) pico.typed.push(...bytes);
  let end = End.GOES_ON;
  while (end === End.GOES_ON && !keyboard?.left) {
    end = pico.run(STEPS, most);
    process.stdout.write(Buffer.from(heard.splice(0)));
    await turn();
    if (end === End.WAITS && keyboard && pico.typed.length === 0) await keyboard.more();
    if (end === End.WAITS && pico.typed.length > 0) end = End.GOES_ON;
  }
  keyboard?.close();
  return keyboard?.left ? End.EXIT : end;
}

function write(file, text) {
  if (file === "-") process.stderr.write(text);
  else if (file !== undefined) writeFileSync(file, text);
}

function report(pico, end) {
  const { cycles, cache, led, status } = pico;
  const misses = cache?.misses;
  return `${JSON.stringify({ end, status, cycles, seconds: cycles / CLOCK, misses, led })}\n`;
}

async function main() {
  const given = options();
  const heard = [];
  const onByte = (byte) => heard.push(byte);
  const pico = new Pico({ pages: pagesOf(given), xip: given.xip, onByte });
  if (given.vectors) pico.startAtVectors();
  const most = given.cycles ?? (process.stdin.isTTY ? Infinity : MOST_CYCLES);
  const end = await talk(pico, heard, most);
  write(given.oled, given.oled === "-" ? pico.display.blocks() : pico.display.pbm());
  write(given.report, report(pico, end));
  if (end === End.EXIT) return pico.status ?? 0;
  process.stderr.write(`the firmware ${end}, at ${pico.place()}\n`);
  return end === End.LATE ? LATE : WAITED;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = REFUSED;
}
