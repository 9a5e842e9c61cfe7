// The SSD1306 of an OLED of 128 × 64 pixels, as far as drivers use it to draw: commands set a window,
// data fill it, page by page.
//
//   control byte 0x00 │ commands …         one page: 8 rows, a byte a column, the lowest bit on top
//   control byte 0x40 │ data …             window: columns 0x21 a b, pages 0x22 a b
//
// Source: *SSD1306*, Solomon Systech, rev. 1.1, 8.1.5 and 9. Limits: horizontal addressing, no scrolling;
// commands that change how it is lit are taken and not shown; mirrored mounting is not turned back.

export const ADDRESS = 0x3c;
export const [WIDTH, HEIGHT] = [128, 64];

const PAGES = HEIGHT / 8;
const COMMANDS = 0x00;
const DATA = 0x40;

/** Arguments of commands that have any. */
const ARGUMENTS = new Map([
  [0x20, 1], [0x21, 2], [0x22, 2], [0x81, 1], [0x8d, 1], [0xa8, 1], [0xd3, 1], [0xd5, 1], [0xd9, 1],
  [0xda, 1], [0xdb, 1],
]);

/** The display on an I²C bus. */
export class Ssd1306 {
  constructor() {
    this.memory = new Uint8Array(WIDTH * PAGES);
    this.on = false;
    this.columns = [0, WIDTH - 1];
    this.pages = [0, PAGES - 1];
    [this.column, this.page] = [0, 0];
    this.begin();
  }

  /** A transfer begins. */
  begin() {
    this.control = undefined;
    this.command = [];
  }

  /** Takes a byte of a transfer. */
  take(byte) {
    if (this.control === undefined) {
      if (byte !== COMMANDS && byte !== DATA) throw new Error(`SSD1306: control byte ${byte}`);
      this.control = byte;
    } else if (this.control === DATA) {
      this.draw(byte);
    } else {
      this.command.push(byte);
      const [code, ...given] = this.command;
      if (given.length === (ARGUMENTS.get(code) ?? 0)) {
        this.obey(code, given);
        this.command = [];
      }
    }
  }

  obey(code, given) {
    if (code === 0xae || code === 0xaf) this.on = code === 0xaf;
    if (code === 0x20 && given[0] !== 0) throw new Error(`SSD1306: addressing mode ${given[0]}`);
    if (code === 0x21) [this.columns, this.column] = [given, given[0]];
    if (code === 0x22) [this.pages, this.page] = [given, given[0]];
  }

  draw(byte) {
    this.memory[(this.page % PAGES) * WIDTH + (this.column % WIDTH)] = byte;
    this.column += 1;
    if (this.column > this.columns[1]) {
      this.column = this.columns[0];
      this.page = this.page < this.pages[1] ? this.page + 1 : this.pages[0];
    }
  }

  /** Is a pixel lit? */
  lit(x, y) {
    return this.on && ((this.memory[(y >> 3) * WIDTH + x] >> (y & 7)) & 1) === 1;
  }

  /** The picture as a PBM file of text: 1 is a lit pixel. */
  pbm() {
    const row = (y) => Array.from({ length: WIDTH }, (_, x) => (this.lit(x, y) ? "1" : "0")).join("");
    const rows = Array.from({ length: HEIGHT }, (_, y) => row(y));
    return `P1\n${WIDTH} ${HEIGHT}\n${rows.join("\n")}\n`;
  }

  /** The picture in half blocks, two rows a line. */
  blocks() {
    const two = (x, y) => " ▀▄█"[(this.lit(x, y) ? 1 : 0) + (this.lit(x, y + 1) ? 2 : 0)];
    const line = (y) => Array.from({ length: WIDTH }, (_, x) => two(x, y)).join("").trimEnd();
    return Array.from({ length: HEIGHT / 2 }, (_, y) => line(2 * y)).join("\n") + "\n";
  }
}

/** Puts a display on an I²C bus of rp2040js. */
export function attach(bus, display) {
  let addressed = false;
  bus.onStart = () => {
    display.begin();
    bus.completeStart();
  };
  bus.onConnect = (address) => {
    addressed = address === ADDRESS;
    bus.completeConnect(addressed);
  };
  bus.onWriteByte = (byte) => {
    if (addressed) display.take(byte);
    bus.completeWrite(addressed);
  };
}
