// node conformance.mjs module.wasm: prints the line of the suite; exit status 0 if all is equal.
import { readFileSync } from "node:fs";

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
const { conformance, line, line_length, memory } = new WebAssembly.Instance(module).exports;
const equal = conformance();
console.log(new TextDecoder().decode(new Uint8Array(memory.buffer, line(), line_length())));
process.exit(equal ? 0 : 1);
