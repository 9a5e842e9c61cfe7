// A Raspberry Pi Pico: rp2040js with what is soldered to it, and what the firmware is told and says.
//
//   UART 0  ◄─► typed and heard bytes       GP25 ─► LED, with the cycle of each change
//   I²C 0   ─► SSD1306                       BKPT 0xAB ─► exit status (semihosting)
//
// The UART takes a typed byte when the firmware looks for one and has none: however long it thinks,
// none is lost, and how many cycles a talk takes does not depend on who types it.
//
// Limits: one core, no boot ROM, no USB; UART and I²C move their bytes at once; sleeping costs the time
// until the next alarm. A firmware that reads or writes where there is nothing ends, for rp2040js
// raises no faults.

import { LogLevel, RP2040 } from "rp2040js";
import { execute, isMended } from "./flags.mjs";
import { Ssd1306, attach } from "./ssd1306.mjs";
import { FLASH } from "./uf2.mjs";
import { stall } from "./xip.mjs";

/** Cycles a second, and nanoseconds a cycle. */
export const CLOCK = 125e6;
const NANOS = 1e9 / CLOCK;

const STACK_OF_BOOT_ROM = 0x20041f00;
const BOOT2_BYTES = 0x100;
const LED = 25;
const UART_RECEIVE_STATUS = 0x04;
const UART_FLAGS = 0x18;
const UART_DATA = 0x00;
/** A firmware that looks for a byte so often, and writes none, has nothing else to do. */
const IDLE_LOOKS = 64;
/** Semihosting (Arm IHI 0057): the breakpoint, and the operation that ends a program with a status. */
const SEMIHOSTING = 0xab;
const EXIT_EXTENDED = 0x20;
const APPLICATION_EXIT = 0x20026;

/** Why a run ended. */
export const End = Object.freeze({
  /** The firmware asked for it. */
  EXIT: "exit",
  /** It reads its serial port, and nothing is left to type. */
  WAITS: "waits for input",
  /** It sleeps, and nothing will wake it. */
  SLEEPS: "sleeps for ever",
  /** The most cycles are over. */
  LATE: "is not done",
  /** These steps are over; it goes on. */
  GOES_ON: "goes on",
});

export class Pico {
  /** `xip`: cycles that a miss of the flash's cache costs; nothing: flash is as fast as RAM. */
  constructor({ pages, xip, onByte }) {
    this.chip = new RP2040();
    this.chip.logger = new Faults();
    this.typed = [];
    this.looks = 0;
    this.status = undefined;
    this.led = [];
    this.display = new Ssd1306();
    for (const { address, data } of pages) this.chip.flash.set(data, address - FLASH);
    this.wire(onByte);
    this.cache = xip === undefined ? undefined : stall(this.chip, xip);
    this.boot();
  }

  get cycles() {
    return this.chip.core.cycles;
  }

  /** As the boot ROM does it, but for its checksum: the second stage runs in place, and goes on with
   * the vector table when it was not called by anybody. */
  boot() {
    const { core } = this.chip;
    core.SP = STACK_OF_BOOT_ROM;
    core.LR = 0;
    core.PC = FLASH;
    core.cycles = 0;
  }

  /** Skips the second stage. */
  startAtVectors() {
    const { core } = this.chip;
    const table = FLASH + BOOT2_BYTES;
    core.VTOR = table;
    core.SP = this.chip.readUint32(table);
    core.PC = this.chip.readUint32(table + 4) & ~1;
  }

  wire(onByte) {
    const [uart] = this.chip.uart;
    uart.onByte = onByte;
    const read = uart.readUint32.bind(uart);
    uart.readUint32 = (offset) => {
      // rp2040js does not know this register, and says that all has gone wrong.
      if (offset === UART_RECEIVE_STATUS) return 0;
      if (offset === UART_FLAGS && uart.rxFIFO.empty) this.listen(uart);
      return read(offset);
    };
    const write = uart.writeUint32.bind(uart);
    uart.writeUint32 = (offset, value) => {
      if (offset === UART_DATA) this.looks = 0;
      if (offset !== UART_RECEIVE_STATUS) write(offset, value);
    };
    this.chip.gpio[LED].addListener((state) => this.led.push([this.cycles, state === 1]));
    this.chip.onBreak = (code) => this.semihost(code);
    attach(this.chip.i2c[0], this.display);
  }

  listen(uart) {
    this.looks += 1;
    if (this.typed.length === 0) return;
    uart.feedByte(this.typed.shift());
    this.looks = 0;
  }

  semihost(code) {
    const [operation, argument] = this.chip.core.registers;
    const word = (at) => this.chip.readUint32(argument + at);
    if (code === SEMIHOSTING && operation === EXIT_EXTENDED && word(0) === APPLICATION_EXIT) {
      this.status = word(4);
      return;
    }
    throw new Error(`breakpoint ${code} at ${this.place()}, operation ${operation}`);
  }

  place() {
    return `0x${this.chip.core.PC.toString(16)} after ${this.cycles} cycles`;
  }

  /** Runs until something ends it, at most `steps` instructions and until `most` cycles. */
  run(steps, most) {
    const { core } = this.chip;
    this.looks = 0;
    for (let step = 0; step < steps; step += 1) {
      if (core.cycles >= most) return End.LATE;
      if (core.waiting) {
        if (!this.sleep()) return End.SLEEPS;
      } else {
        this.step();
        if (this.status !== undefined) return End.EXIT;
        if (this.looks >= IDLE_LOOKS) return End.WAITS;
      }
    }
    return End.GOES_ON;
  }

  /** One instruction. */
  step() {
    const { chip } = this;
    const { core } = chip;
    const before = core.cycles;
    // The instruction that is looked at must be the one that is executed.
    if (core.interruptsUpdated) core.checkForInterrupts();
    const opcode = chip.readUint16(core.PC);
    if (isMended(opcode)) execute(core, opcode);
    else core.executeInstruction();
    chip.clock.tick((core.cycles - before) * NANOS);
  }

  /** Until the next alarm, if there is one. */
  sleep() {
    const { core, clock } = this.chip;
    if (clock.nextAlarm === null) return false;
    const nanos = clock.nanosToNextAlarm;
    core.cycles += Math.ceil(nanos / NANOS);
    clock.tick(nanos);
    return true;
  }
}

/** What rp2040js says: where a chip would fault, or where it does not know an instruction, is an end. */
class Faults {
  currentLogLevel = LogLevel.Warn;
  debug() {}
  info() {}
  warn(name, text) {
    if (name === "RP2040" || name === "CortexM0Core") this.error(name, text);
  }
  error(name, text) {
    throw new Error(`${name}: ${text}`);
  }
}
