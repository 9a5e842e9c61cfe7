import assert from "node:assert/strict";
import { test } from "node:test";
import { Cache } from "../xip.mjs";

const missesOf = (addresses) => {
  const cache = new Cache();
  return addresses.map((address) => cache.lacks(address));
};
const [START, WAY] = [0x10000000, 8192];

test("a word is fetched once, its neighbour in the line on its own", () => {
  const found = missesOf([START, START + 2, START + 4, START + 6, START, START + 8]);
  assert.deepEqual(found, [true, false, true, false, false, true]);
});

test("two lines of a set stay, the third replaces the one not read for longest", () => {
  const [a, b, c] = [START, START + WAY, START + 2 * WAY];
  assert.deepEqual(missesOf([a, b, a, b]), [true, true, false, false]);
  assert.deepEqual(missesOf([a, b, a, c, a, b]), [true, true, false, true, false, true]);
});

test("a replaced line keeps no half of the old one", () => {
  const third = START + 2 * WAY;
  const found = missesOf([START, START + 4, START + WAY, third, third + 4]);
  assert.deepEqual(found, [true, true, true, true, true]);
});

test("16 KB stay, read in order; one byte more does not", () => {
  const again = (bytes) => {
    const cache = new Cache();
    for (let at = 0; at < bytes; at += 4) cache.lacks(START + at);
    const before = cache.misses;
    for (let at = 0; at < bytes; at += 4) cache.lacks(START + at);
    return cache.misses - before;
  };
  assert.equal(again(16384), 0);
  assert.ok(again(16385) > 0);
});
