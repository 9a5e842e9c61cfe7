import assert from "node:assert/strict";
import { test } from "node:test";
import { HEIGHT, Ssd1306, WIDTH } from "../ssd1306.mjs";

const send = (display, ...bytes) => {
  display.begin();
  bytes.forEach((byte) => display.take(byte));
};
const lit = (display) => {
  const places = [];
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) if (display.lit(x, y)) places.push([x, y]);
  }
  return places;
};

test("data fill the window from left to right and from page to page, and begin again", () => {
  const display = new Ssd1306();
  send(display, 0x00, 0xaf, 0x20, 0x00, 0x21, 126, 127, 0x22, 6, 7);
  send(display, 0x40, 0x01, 0x80);
  send(display, 0x40, 0x02, 0x00);
  assert.deepEqual(lit(display), [[126, 48], [127, 55], [126, 57]]);
  send(display, 0x40, 0x10);
  assert.deepEqual(lit(display), [[126, 52], [127, 55], [126, 57]]);
});

test("what is switched off shows nothing", () => {
  const display = new Ssd1306();
  send(display, 0x40, 0xff);
  assert.deepEqual(lit(display), []);
  send(display, 0x00, 0xaf);
  assert.equal(lit(display).length, 8);
});

test("arguments may look like commands", () => {
  const display = new Ssd1306();
  send(display, 0x00, 0xaf, 0x81, 0xae, 0xd5, 0x21);
  send(display, 0x40, 0x01);
  assert.deepEqual(lit(display), [[0, 0]]);
});

test("what is not modelled is an error", () => {
  const display = new Ssd1306();
  assert.throws(() => send(display, 0x12), /control byte 18/);
  assert.throws(() => send(display, 0x00, 0x20, 0x02), /addressing mode 2/);
});

test("pictures have the pixels as they lie", () => {
  const display = new Ssd1306();
  send(display, 0x00, 0xaf);
  send(display, 0x40, 0b11, 0b01, 0b10);
  const [magic, size, first, second] = display.pbm().split("\n");
  assert.deepEqual([magic, size], ["P1", `${WIDTH} ${HEIGHT}`]);
  assert.deepEqual([first.slice(0, 4), second.slice(0, 4)], ["1100", "1010"]);
  assert.equal(display.blocks().split("\n")[0], "█▀▄");
});
