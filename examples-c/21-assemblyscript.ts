// asc 21-assemblyscript.ts --exportRuntime -Osize --outFile 21-assemblyscript.wasm
export function greet(name: string): string {
  if (name.length == 0) throw new Error("nobody to greet");
  return "hello, " + name + "!";
}
