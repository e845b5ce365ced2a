//! The world of `../c/wit`, once more: what `../c/guest.c` answers in C.

wit_bindgen::generate!({ path: "../c/wit", world: "guest" });

use exports::probe::guest::{kinds, store, text};
use kinds::{Access, Color, Person, Point, Shape};
use probe::guest::host::{self, Sink};
use std::cell::{Cell, RefCell};

struct Component;

impl text::Guest for Component {
    fn greet(name: String) -> String {
        format!("hello, {name}! ({} bytes, {} chars)", name.len(), name.chars().count())
    }

    fn concat(a: String, b: String) -> String {
        a + &b
    }

    fn count(text: String) -> u32 {
        text.chars().count() as u32
    }

    fn reverse_bytes(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.reverse();
        bytes
    }

    fn sum(numbers: Vec<f64>) -> f64 {
        // Of no numbers, `Iterator::sum` makes -0.
        numbers.iter().fold(0.0, |a, b| a + b)
    }

    fn parse(text: String) -> Result<Point, String> {
        let point = text.split_once(',').and_then(|(x, y)| Some(Point { x: x.parse().ok()?, y: y.parse().ok()? }));
        point.ok_or_else(|| format!("bad point: {text}"))
    }
}

impl kinds::Guest for Component {
    fn flip(b: bool) -> bool {
        !b
    }

    fn next_char(c: char) -> char {
        match u32::from(c) + 1 {
            0xd800 => '\u{e000}',
            next => char::from_u32(next).unwrap_or('\0'),
        }
    }

    fn ints(a: i8, b: u8, c: i16, d: u16, e: i32, f: u32, g: i64, h: u64) -> (i8, u8, i16, u16, i32, u32, i64, u64) {
        (
            a.wrapping_add(1),
            b.wrapping_add(1),
            c.wrapping_add(1),
            d.wrapping_add(1),
            e.wrapping_add(1),
            f.wrapping_add(1),
            g.wrapping_add(1),
            h.wrapping_add(1),
        )
    }

    fn floats(a: f32, b: f64) -> (f32, f64) {
        (a / 2.0, b / 2.0)
    }

    fn next_color(c: Color) -> Color {
        match c {
            Color::Red => Color::Green,
            Color::Green => Color::Blue,
            Color::Blue => Color::Red,
        }
    }

    fn toggle(a: Access) -> Access {
        a ^ Access::all()
    }

    fn area(s: Shape) -> Option<f64> {
        match s {
            Shape::Circle(radius) => Some(3.0 * radius * radius),
            Shape::Dot | Shape::Segment(_) | Shape::Named(_) => None,
        }
    }

    fn grow(s: Shape) -> Shape {
        match s {
            Shape::Dot => Shape::Circle(1.0),
            Shape::Circle(radius) => Shape::Circle(radius * 2.0),
            Shape::Segment((from, to)) => Shape::Segment((from, Point { x: to.x + 1, y: to.y + 1 })),
            Shape::Named(name) => Shape::Named(name + "+"),
        }
    }

    fn birthday(mut p: Person) -> Person {
        p.age = p.age.wrapping_add(1);
        p.tags.push("older é".to_owned());
        if let Some(home) = &mut p.home {
            home.x = -home.x;
        }
        p
    }

    fn centroid(points: Vec<Point>) -> Option<Point> {
        let count = points.len() as i64;
        let mean = |of: fn(&Point) -> i32| points.iter().map(|p| i64::from(of(p))).sum::<i64>() / count;
        (count > 0).then(|| Point { x: mean(|p| p.x) as i32, y: mean(|p| p.y) as i32 })
    }

    fn path(n: u32) -> Vec<Point> {
        (0..n as i32).map(|i| Point { x: i, y: i * i }).collect()
    }

    fn words(text: String) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    fn join(parts: Vec<String>, sep: Option<String>) -> String {
        parts.join(sep.as_deref().unwrap_or("|"))
    }

    fn maybe(text: Option<String>) -> Option<Option<String>> {
        text.map(|text| (!text.is_empty()).then_some(text))
    }

    fn check(n: i32) -> Result<(), Color> {
        match n {
            0.. => Ok(()),
            -1 => Err(Color::Red),
            _ => Err(Color::Blue),
        }
    }

    fn halve(n: u32) -> Result<u32, ()> {
        if n % 2 == 0 { Ok(n / 2) } else { Err(()) }
    }

    #[rustfmt::skip]
    fn wide(a: String, b: String, c: String, d: String, e: String, f: String, g: String, h: String, i: u64) -> String {
        format!("{a},{b},{c},{d},{e},{f},{g},{h},{i}")
    }
}

thread_local!(static BOOKS: Cell<u32> = const { Cell::new(0) });

struct Logbook(RefCell<Vec<String>>);

impl Logbook {
    fn of(lines: Vec<String>) -> Logbook {
        BOOKS.set(BOOKS.get() + 1);
        Logbook(RefCell::new(lines))
    }
}

impl Drop for Logbook {
    fn drop(&mut self) {
        BOOKS.set(BOOKS.get() - 1);
    }
}

impl store::GuestLogbook for Logbook {
    fn new(title: String) -> Logbook {
        Logbook::of(vec![title])
    }

    fn add(&self, line: String) -> u32 {
        self.0.borrow_mut().push(line);
        self.0.borrow().len() as u32 - 1
    }

    fn text(&self) -> String {
        self.0.borrow().join("\n")
    }

    fn merge(a: store::Logbook, b: store::LogbookBorrow<'_>) -> store::Logbook {
        let a = a.into_inner::<Logbook>();
        let mut lines = a.0.take();
        lines.push("--".to_owned());
        lines.extend_from_slice(&b.get::<Logbook>().0.borrow());
        store::Logbook::new(Logbook::of(lines))
    }
}

impl store::Guest for Component {
    type Logbook = Logbook;

    fn live() -> u32 {
        BOOKS.get()
    }
}

impl Guest for Component {
    /// Everything that the host offers.
    fn run(text: String) -> String {
        host::log(1, &text);
        let mut answer = host::ask(&text);
        host::log(2, &answer);
        answer += &format!(" {:?}", host::digest(text.as_bytes())).replace(',', "");
        match host::find(&text) {
            Some(found) => answer += &format!(" some {found}"),
            None => answer += " none",
        }
        match host::lookup(&text) {
            Ok(points) => {
                answer += " ok";
                points.iter().for_each(|p| answer += &format!(" {},{}", p.x, p.y));
            }
            Err(why) => answer += &format!(" err {why}"),
        }
        answer += &format!(" {}", host::now());
        let sink = Sink::new(&text);
        answer += &format!(" sink {}{}", sink.write(&text), Sink::open_sinks());
        drop(sink);
        answer + &Sink::open_sinks().to_string()
    }

    fn boom(text: String) -> u32 {
        if !text.is_empty() {
            core::arch::wasm32::unreachable();
        }
        7
    }
}

export!(Component);
