// The common guest in AssemblyScript: strings are UTF-16 objects on the garbage-collected heap.
@external("host", "log") declare function log(level: u32, text: string): void;
@external("host", "ask") declare function ask(question: string): string;
@external("host", "digest") declare function digest(data: Uint8Array): Uint8Array;

function chars(s: string): i32 { let n = 0; for (let i = 0; i < s.length; i++) { let c = s.charCodeAt(i); if ((c & 0xFC00) == 0xD800 && i + 1 < s.length && (s.charCodeAt(i + 1) & 0xFC00) == 0xDC00) i++; n++; } return n; }
export function greet(name: string): string { return "hello, " + name + "! (" + String.UTF8.byteLength(name).toString() + " bytes, " + chars(name).toString() + " chars)"; }
export function concat(a: string, b: string): string { return a + b; }
export function count(text: string): u32 { return chars(text); }
export function units(text: string): i32 { return text.length; }
export function equal(a: string, b: string): i32 { return a == b ? 1 : 0; }
export function lone(): string { return String.fromCharCode(0xD83E); }           // an unpaired surrogate: legal here
export function version(): string { return "as \u00e9 1.0"; }                     // a static object: pinning it is allowed, freeing it is not
export function maybe(text: string | null): string | null { return text === null ? "(null)" : text.length == 0 ? null : text; }
export function hello(name: string = "you", times: i32 = 1): string { return ("hi " + name + ";").repeat(times); } // optional parameters: __setArgumentsLength

export function reverse_bytes(bytes: Uint8Array): Uint8Array { let r = new Uint8Array(bytes.length); for (let i = 0; i < bytes.length; i++) r[i] = bytes[bytes.length - 1 - i]; return r; }
export function sum_bytes(bytes: Uint8Array): u32 { let s: u32 = 0; for (let i = 0; i < bytes.length; i++) s += bytes[i]; return s; }
export function tail(bytes: Uint8Array): Uint8Array { return bytes.subarray(1); }  // a view: same buffer, another dataStart
export function sum(list: Array<f64>): f64 { let s = 0.0; for (let i = 0; i < list.length; i++) s += list[i]; return s; }
export function sum_static(list: StaticArray<i32>): i64 { let s: i64 = 0; for (let i = 0; i < list.length; i++) s += list[i]; return s; }
export function squares(n: i32): StaticArray<u32> { let r = new StaticArray<u32>(n); for (let i = 0; i < n; i++) r[i] = <u32>(i * i); return r; }
export function words(text: string): Array<string> { return text.split(" "); }
export function join(list: Array<string>): string { return list.join("|"); }
export function buffer(text: string): ArrayBuffer { return String.UTF8.encode(text); }

export class Point { constructor(public x: i32, public y: i32, public label: string) {} }   // not a plain record: has a constructor
export class Pair { x: i32 = 0; y: i32 = 0; label: string = ""; }                             // a plain record (no constructor)
export function parse(text: string): Pair { let p = text.split(","); if (p.length != 2) throw new Error("bad point: " + text); let r = new Pair(); r.x = I32.parseInt(p[0]); r.y = I32.parseInt(p[1]); r.label = text; return r; }
export function norm(p: Pair): i32 { return abs(p.x) + abs(p.y); }
export function make_point(x: i32, y: i32): Point { return new Point(x, y, "p"); }
export function describe(p: Point): string { return p.label + ":" + p.x.toString() + "," + p.y.toString(); }

export function not(b: bool): bool { return !b; }
export function add_u8(a: u8, b: u8): u8 { return a + b; }
export function neg_i16(a: i16): i16 { return -a; }
export function big(a: u64, b: i64): u64 { return a + <u64>b; }
export let counter: i32 = 5;
export const NAME: string = "guest-as";

export function run(text: string): string { log(1, text); log(2, text.toUpperCase()); let a = ask(text); let d = digest(Uint8Array.wrap(String.UTF8.encode(text))); return a + " " + d.toString(); }
export function boom(text: string): string { if (text.length > 0) throw new Error("boom: " + text); return "no boom"; }
export function garbage(n: i32): i32 { let s = ""; for (let i = 0; i < n; i++) s = "item " + i.toString(); return s.length; } // makes n objects: lets the collector run
export function pages(): i32 { return memory.size(); }
