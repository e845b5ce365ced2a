export function greet(name: string): string { return "hello, " + name + "!"; }
export function concat(a: string, b: string): string { return a + b; }
export function maybe(text: string | null): string | null { if (text === null) return "(null)"; if (text.length == 0) return null; return text; }
export function version(): string { return "as \u00e9 old"; }
export function sum(all: Array<f64>): f64 { let s = 0.0; for (let i = 0; i < all.length; i++) s += all[i]; return s; }
export function twice(all: Uint8Array): Uint8Array { let r = new Uint8Array(all.length * 2); for (let i = 0; i < r.length; i++) r[i] = all[i % all.length]; return r; }
export function words(text: string): Array<string> { return text.split(" "); }
export function join(all: Array<string>): string { return all.join("|"); }
export function same(all: Array<string>): Array<string> { return all; }
export function boom(text: string): string { if (text.length > 0) throw new Error("boom: " + text); return "no boom"; }
export function pages(): i32 { return memory.size(); }
