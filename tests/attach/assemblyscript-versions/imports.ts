// Lists and records that a host is passed and returns; compiled by several versions of AssemblyScript.
class Item {
  count: i32 = 0;
  price: f64 = 0;
  name: string = "";
  nick: string | null = null;
}
@external("host", "total") declare function total(all: Array<f64>): f64;
@external("host", "range") declare function range(n: i32): Array<i32>;
@external("host", "turned") declare function turned(all: Uint8Array): Uint8Array;
@external("host", "join") declare function join(all: Array<string>): string;
@external("host", "split") declare function split(text: string): Array<string>;
@external("host", "cost") declare function cost(item: Item): f64;
@external("host", "make") declare function make(text: string): Item;

export function idOf(what: i32): u32 {
  if (what == 0) return idof<Array<i32>>();
  if (what == 1) return idof<Uint8Array>();
  if (what == 2) return idof<Array<string>>();
  return idof<Item>();
}
export function runTotal(n: i32): f64 {
  let all = new Array<f64>();
  for (let i = 0; i < n; i++) all.push(<f64>i * 0.5);
  return total(all);
}
export function runRange(n: i32): i32 {
  let all = range(n), sum = all.length * 1000;
  for (let i = 0; i < all.length; i++) sum += all[i];
  return sum;
}
export function runTurned(n: i32): i32 {
  let all = new Uint8Array(n);
  for (let i = 0; i < n; i++) all[i] = <u8>i;
  let back = turned(all);
  return back.length * 1000 + (n > 0 ? <i32>back[0] : 0);
}
export function runJoin(a: string, b: string): string {
  let all = new Array<string>();
  all.push(a);
  all.push(b);
  all.push(a + b);
  return join(all) + "!";
}
export function runSplit(text: string): string {
  let all = split(text), out = all.length.toString();
  for (let i = 0; i < all.length; i++) out += "|" + all[i];
  return out;
}
export function runCost(count: i32, name: string, named: bool): f64 {
  let item = new Item();
  item.count = count;
  item.price = 0.25;
  item.name = name;
  if (named) item.nick = name + name;
  return cost(item);
}
export function runMake(text: string): string {
  return told(make(text));
}
// Up to 0.17 the compiler lets a string go too often that is one of two by a condition.
export function told(item: Item): string {
  let out = item.name + " " + item.count.toString() + " ";
  if (item.nick === null) return out + "none";
  return out + item.nick!;
}
export function item(name: string, named: bool): Item {
  let item = new Item();
  item.name = name;
  item.count = name.length;
  if (named) item.nick = name + name;
  return item;
}
