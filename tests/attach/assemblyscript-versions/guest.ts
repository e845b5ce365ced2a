export function sum(all: Array<f64>): f64 { let s = 0.0; for (let i = 0; i < all.length; i++) s += all[i]; return s; }
export function twice(all: Uint8Array): Uint8Array { let r = new Uint8Array(all.length * 2); for (let i = 0; i < r.length; i++) r[i] = all[i % all.length]; return r; }
export function words(text: string): Array<string> { return text.split(" "); }
export function join(all: Array<string>): string { return all.join("|"); }
export function same(all: Array<string>): Array<string> { return all; }
export function hello(name: string = "you", times: i32 = 1): string { return ("hi " + name + ";").repeat(times); }
export class Pair { x: i32 = 0; y: i32 = 0; label: string = ""; }
export function norm(p: Pair): i32 { return p.x + p.y + p.label.length; }
export function pair(x: i32): Pair { let r = new Pair(); r.x = x; r.y = 2 * x; r.label = "é"; return r; }
export function bytes(n: i32): ArrayBuffer { return new ArrayBuffer(n); }
export function pages(): i32 { return memory.size(); }
export let counter: i32 = 5;
export const NAME: string = "guest";
export function dice(): f64 { return Math.random(); }
export const IDA = idof<Array<f64>>();
export const IDU = idof<Uint8Array>();
export const IDS = idof<Array<string>>();
export const IDP = idof<Pair>();
