//! The common guest for wasm-bindgen of today. See README.md for what the core exports look like.
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use wasm_bindgen::prelude::*;

struct Count;
static LIVE: AtomicUsize = AtomicUsize::new(0);
unsafe impl GlobalAlloc for Count {
    unsafe fn alloc(&self, l: Layout) -> *mut u8 { LIVE.fetch_add(l.size(), Relaxed); System.alloc(l) }
    unsafe fn dealloc(&self, p: *mut u8, l: Layout) { LIVE.fetch_sub(l.size(), Relaxed); System.dealloc(p, l) }
}
#[global_allocator]
static A: Count = Count;
/// Bytes the guest has allocated and not freed: shows every leak of a host.
#[wasm_bindgen] pub fn live_bytes() -> u32 { LIVE.load(Relaxed) as u32 }

#[wasm_bindgen(module = "host")]
extern "C" {
    fn log(level: u32, text: &str);
    fn log_owned(text: String);
    fn ask(question: &str) -> String;
    fn ask_opt(question: &str) -> Option<String>;
    fn digest(data: &[u8]) -> Vec<u8>;
    fn now() -> f64;
    fn ticks() -> u64;
    #[wasm_bindgen(catch)]
    fn may_fail(text: &str) -> Result<String, JsValue>;
}

fn hello(name: &str) -> String { format!("hello, {name}! ({} bytes, {} chars)", name.len(), name.chars().count()) }
#[wasm_bindgen] pub fn greet(name: &str) -> String { hello(name) }
#[wasm_bindgen] pub fn greet_owned(name: String) -> String { hello(&name) }
#[wasm_bindgen] pub fn concat(a: &str, b: &str) -> String { [a, b].concat() }
#[wasm_bindgen] pub fn count(text: &str) -> u32 { text.chars().count() as u32 }
#[wasm_bindgen] pub fn empty() -> String { String::new() }
#[wasm_bindgen] pub fn reverse_bytes(bytes: &[u8]) -> Vec<u8> { bytes.iter().rev().copied().collect() }
#[wasm_bindgen] pub fn fill_bytes(bytes: &mut [u8], v: u8) { bytes.fill(v) }
#[wasm_bindgen] pub fn sum(list: &[f64]) -> f64 { list.iter().sum() }
#[wasm_bindgen] pub fn sum_i32(list: Vec<i32>) -> i64 { list.iter().map(|&x| x as i64).sum() }
#[wasm_bindgen] pub fn squares(n: u32) -> Vec<u32> { (0..n).map(|x| x * x).collect() }
#[wasm_bindgen] pub fn words(text: &str) -> Vec<String> { text.split(' ').map(String::from).collect() }
#[wasm_bindgen] pub fn join(list: Vec<String>) -> String { list.join("|") }
#[wasm_bindgen] pub fn first(text: &str) -> Option<char> { text.chars().next() }
#[wasm_bindgen] pub fn next_char(c: char) -> char { char::from_u32(c as u32 + 1).unwrap_or('?') }
#[wasm_bindgen] pub fn not(b: bool) -> bool { !b }
#[wasm_bindgen] pub fn after(text: &str, sep: &str) -> Option<String> { text.split_once(sep).map(|p| p.1.into()) }
#[wasm_bindgen] pub fn or_default(text: Option<String>) -> String { text.unwrap_or_else(|| "(none)".into()) }
#[wasm_bindgen] pub fn half(x: Option<u32>) -> Option<u32> { x.filter(|x| x % 2 == 0).map(|x| x / 2) }
#[wasm_bindgen] pub fn half64(x: Option<f64>) -> Option<f64> { x.map(|x| x / 2.0) }
#[wasm_bindgen] pub fn big(x: u64, y: i64) -> u64 { x.wrapping_add(y as u64) }
#[wasm_bindgen] pub fn add_u8(a: u8, b: u8) -> u8 { a.wrapping_add(b) }
#[wasm_bindgen] pub fn neg_i16(a: i16) -> i16 { a.wrapping_neg() }

#[wasm_bindgen] #[derive(Clone, Copy, PartialEq)] pub enum Color { Red = 0, Green = 1, Blue = 7 }
#[wasm_bindgen] pub fn next_color(c: Color) -> Color { match c { Color::Red => Color::Green, Color::Green => Color::Blue, Color::Blue => Color::Red } }

#[wasm_bindgen] #[derive(Clone)] pub struct Point { pub x: i32, pub y: i32, label: String }
#[wasm_bindgen] impl Point {
    #[wasm_bindgen(constructor)] pub fn new(x: i32, y: i32) -> Point { Point { x, y, label: String::new() } }
    pub fn norm1(&self) -> u32 { self.x.unsigned_abs() + self.y.unsigned_abs() }
    pub fn shift(&mut self, dx: i32) { self.x += dx }
    pub fn into_text(self) -> String { format!("{},{},{}", self.x, self.y, self.label) }
    #[wasm_bindgen(getter)] pub fn label(&self) -> String { self.label.clone() }
    #[wasm_bindgen(setter)] pub fn set_label(&mut self, t: String) { self.label = t }
}
fn point(text: &str) -> Result<Point, String> {
    let bad = || format!("bad point: {text}");
    let (x, y) = text.split_once(',').ok_or_else(bad)?;
    Ok(Point::new(x.parse().map_err(|_| bad())?, y.parse().map_err(|_| bad())?))
}
#[wasm_bindgen] pub fn parse(text: &str) -> Result<Point, JsValue> { point(text).map_err(|e| JsValue::from_str(&e)) }
#[wasm_bindgen] pub fn parse_text(text: &str) -> Result<String, JsValue> { point(text).map(|p| format!("{}/{}", p.x, p.y)).map_err(|e| JsValue::from_str(&e)) }
#[wasm_bindgen] pub fn parse_num(text: &str) -> Result<u32, JsError> { Ok(text.parse()?) }

#[wasm_bindgen] pub fn run(text: &str) -> String {
    log(1, text); log_owned(text.to_uppercase());
    let a = ask(text); log(2, &a);
    let o = ask_opt(text).unwrap_or_else(|| "(none)".into()); log(3, &o);
    let d = digest(text.as_bytes());
    let f = match may_fail(text) { Ok(s) => s, Err(e) => format!("caught {}", e.as_string().unwrap_or_default()) };
    format!("{a} {o} {d:?} {} {} {f}", now(), ticks())
}
#[wasm_bindgen] pub fn boom(text: &str) -> String { if !text.is_empty() { panic!("boom: {text}") } "no boom".into() }
