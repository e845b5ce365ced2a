//! The safe API, driven by a fuzzer's bytes on both back ends: calls within calls,
//! strings that are read while others are, references that are kept, dropped and
//! collected. What each string, object and function has to be is known here.

use super::Bytes;
use super::safe_guest::{self, Guest};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use witrt::string::Text;
use witrt::{
    AsContextMut, BackEnd, Caller, Encoding, Engine, Error, ExternRef, Func, FuncType, Store, Str,
    Val, ValType,
};

static ENGINES: LazyLock<[Engine; 2]> = LazyLock::new(|| {
    [BackEnd::Compiled, BackEnd::Reference].map(|back_end| {
        Engine::new(super::config().back_end(back_end)).expect("the default options")
    })
});

const SAMPLES: [&str; 7] = [
    "",
    "a",
    "plain text",
    "café",
    "漢字",
    "🦀 and \0 more",
    "longer than what a call carries itself",
];

/// Does what the bytes say, on each back end.
///
/// # Panics
///
/// Where something is not what it was, or is not dropped.
pub fn play(data: &[u8]) {
    for engine in ENGINES.iter() {
        let play = Play(Arc::default());
        let mut store = Store::new(engine);
        {
            let mut state = play.state();
            (state.bytes, state.left) = (data.to_vec(), 150);
            state.alive = Arc::default();
        }
        let guest = Guest::new(&mut store, &play);
        play.state().guest = Some(guest);
        while !play.state().used_up() {
            step(&play, &mut store);
        }
        check_all(&play, &mut store);
        {
            let mut state = play.state();
            state.strings.clear();
            state.left = 0;
        }
        store.settle().expect("no call that is owed fails");
        let guest = play.state().guest.take().expect("nobody else has it");
        assert_eq!(guest.used(&mut store), 0, "what the guest allocated is freed, once");
        let alive = play.state().alive.clone();
        // In either order.
        if data.len().is_multiple_of(2) {
            drop((store, guest));
            *play.state() = State::default();
        } else {
            *play.state() = State::default();
            drop((guest, store));
        }
        assert_eq!(alive.load(Ordering::SeqCst), 0, "objects that nobody has");
    }
}

/// What everything shares, host functions too. Never locked while the library runs.
#[derive(Clone)]
pub struct Play(Arc<Mutex<State>>);

/// What is held, and what it has to be.
#[derive(Default)]
pub struct State {
    bytes: Vec<u8>,
    at: usize,
    depth: usize,
    /// How many more steps there may be.
    left: usize,
    guest: Option<Guest>,
    strings: Vec<(Str<'static>, String)>,
    objects: Vec<(ExternRef, Thing)>,
    funcs: Vec<(Func, i32)>,
    /// What is in the guest's tables.
    table: [Option<Thing>; 4],
    func_table: [Option<i32>; 4],
    /// What running calls of `ask` have to tell the host.
    asked: Vec<String>,
    made: u64,
    alive: Arc<AtomicUsize>,
}

/// An object of the host's or of the guest's, by its number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Thing {
    /// Made by [`Play::object`].
    Host(u64),
    /// A struct.
    Guest(u64),
}

/// What a host's object carries.
struct Number(u64, Arc<AtomicUsize>);

impl Drop for Number {
    fn drop(&mut self) {
        self.1.fetch_sub(1, Ordering::SeqCst);
    }
}

impl State {
    fn used_up(&self) -> bool {
        self.at >= self.bytes.len() || self.left == 0
    }

    fn below(&mut self, n: usize) -> usize {
        let mut bytes = Bytes(self.bytes.get(self.at..).unwrap_or_default());
        self.at += 1;
        bytes.below(n)
    }
}

impl Play {
    /// What is shared, for a moment.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no panic while it is locked")
    }

    fn below(&self, n: usize) -> usize {
        self.state().below(n)
    }

    fn text(&self) -> String {
        let sample = SAMPLES[self.below(SAMPLES.len())];
        sample.repeat([1, 1, 2, 30][self.below(4)])
    }

    /// A new object of the host's.
    pub fn object(&self) -> (ExternRef, Thing) {
        let mut state = self.state();
        state.made += 1;
        state.alive.fetch_add(1, Ordering::SeqCst);
        let number = Number(state.made, state.alive.clone());
        (ExternRef::new(Arc::new(number)), Thing::Host(state.made))
    }

    /// One that is held, a new one, or none.
    fn any(&self) -> (Option<ExternRef>, Option<Thing>) {
        let i = self.below(8);
        let held = self.state().objects.get(i).cloned();
        match held {
            Some((object, thing)) => (Some(object), Some(thing)),
            None if i < 2 => (None, None),
            None => {
                let (object, thing) = self.object();
                (Some(object), Some(thing))
            }
        }
    }

    fn keep(&self, object: Option<ExternRef>, thing: Option<Thing>) {
        if let (Some(object), Some(thing)) = (object, thing) {
            self.state().objects.insert(0, (object, thing));
        }
    }

    fn guest(&self) -> Guest {
        self.state().guest.clone().expect("it is there while steps are made")
    }

    /// A few steps within a call.
    pub fn within(&self, caller: &mut Caller<'_>) {
        if self.state().guest.is_none() {
            return;
        }
        self.state().depth += 1;
        if self.state().depth < 4 {
            for _ in 0..self.below(4) {
                step(self, caller);
            }
        }
        self.state().depth -= 1;
    }

    /// What `ask` is told has to be what was last asked; the answer.
    pub fn answer(&self, told: &str) -> String {
        let asked = self.state().asked.pop();
        assert_eq!(asked.as_deref(), Some(told), "what the host is told");
        answer(told)
    }
}

fn answer(asked: &str) -> String {
    asked.chars().rev().chain("!".chars()).collect()
}

/// That a reference is the object it has to be.
pub fn check(
    play: &Play,
    cx: &mut impl AsContextMut,
    found: Option<&ExternRef>,
    thing: Option<Thing>,
) {
    let number = found.and_then(|r| r.data()?.downcast_ref::<Number>().map(|n| n.0));
    match (found, thing) {
        (None, None) => {}
        (Some(_), Some(Thing::Host(n))) => assert_eq!(number, Some(n), "another object"),
        (Some(object), Some(Thing::Guest(n))) => {
            assert!(object.data().is_none());
            assert_eq!(play.guest().number(cx, object), n, "another object");
        }
        _ => panic!("found {found:?} {number:?}, not {thing:?}"),
    }
}

/// Reads a string in every way, while it is being read.
fn read(cx: &mut impl AsContextMut, s: &Str<'_>, expected: &str) {
    let wide: Vec<u16> = expected.encode_utf16().collect();
    s.with(&*cx, |text| {
        let Text::Utf8(bytes) = text else { panic!("a guest's text is UTF-8") };
        assert_eq!(bytes, expected.as_bytes(), "a string has changed");
        assert_eq!(s.length(&*cx, Encoding::Utf16).ok(), Some(wide.len()));
        assert!(!format!("{s:?}").is_empty());
        let again = s.clone();
        assert_eq!(again.to_utf16(&*cx).ok().as_ref(), Some(&wide));
        drop(again);
        assert_eq!(bytes, expected.as_bytes());
    })
    .expect("it can be read");
    let mut room = vec![0; expected.len()];
    assert_eq!(s.copy_utf8(&*cx, &mut room).ok(), Some(expected.len()));
    assert_eq!(room, expected.as_bytes());
}

fn check_all(play: &Play, cx: &mut impl AsContextMut) {
    let strings = play.state().strings.clone();
    let objects = play.state().objects.clone();
    for (string, expected) in &strings {
        read(cx, string, expected);
    }
    for (object, thing) in &objects {
        check(play, cx, Some(object), Some(*thing));
    }
    for i in 0..4 {
        // A call may first make calls that are owed, and so steps.
        let found = play.guest().get(cx, i);
        let thing = play.state().table[i];
        check(play, cx, found.as_ref(), thing);
        let found = play.guest().get_func(cx, i);
        let func = play.state().func_table[i];
        check_func(play, cx, found, func);
    }
}

fn check_func(play: &Play, cx: &mut impl AsContextMut, found: Option<Func>, expected: Option<i32>) {
    assert_eq!(found.is_some(), expected.is_some());
    let (Some(func), Some(n)) = (found, expected) else { return };
    let mut result = [Val::I32(0)];
    func.call(&mut *cx, &[], &mut result).expect("it only answers");
    assert!(matches!(result, [Val::I32(m)] if m == n), "another function");
    let known = play.state().funcs.clone();
    let same: Vec<i32> = known.iter().filter(|f| Func::same(&f.0, &func)).map(|f| f.1).collect();
    assert!(same.iter().all(|m| *m == n), "the same as another function");
}

/// One thing that a program may do.
fn step<C: AsContextMut>(play: &Play, cx: &mut C) {
    if play.state().used_up() {
        return;
    }
    play.state().left -= 1;
    let guest = play.guest();
    let asked = play.state().asked.len();
    match play.below(16) {
        0 => {
            let text = play.text();
            assert_eq!(guest.echo.call(&mut *cx, (&text,)).expect("an echo"), text);
        }
        1 | 2 => {
            // Kept, as a view for the time being; of a kept one, too.
            let (from, text) = match play.below(3) {
                0 => (None, play.text()),
                _ => {
                    let i = play.below(4);
                    let held = play.state().strings.get(i).cloned();
                    held.map_or_else(|| (None, play.text()), |(s, text)| (Some(s), text))
                }
            };
            let given = from.unwrap_or_else(|| Str::from(text.clone()));
            let kept = guest.lazy.call(&mut *cx, (&given,)).expect("an echo");
            read(cx, &kept, &text);
            play.state().strings.insert(0, (kept, text));
        }
        3 => {
            let (a, b) = (play.text(), play.text());
            let wide: Vec<u16> = a.encode_utf16().collect();
            let args = [Val::String(Str::from_utf16(&wide)), Val::from(b.as_str())];
            let mut results = [Val::from(""), Val::from("")];
            guest.pair.call(&mut *cx, &args, &mut results).expect("they are swapped");
            for (result, expected) in results.into_iter().zip([b, a]) {
                let Val::String(s) = result else { panic!("a string") };
                read(cx, &s, &expected);
                play.state().strings.insert(0, (s, expected));
            }
        }
        4 | 5 => {
            let text = play.text();
            play.state().asked.push(text.clone());
            let ask = &guest.asks[play.below(2)];
            let got = ask.call(&mut *cx, (&text,)).expect("an answer");
            assert_eq!(got, answer(&text));
        }
        6 => {
            let n = play.below(4);
            let held = play.state().strings.get(n).cloned();
            if let Some((string, expected)) = held {
                read(cx, &string, &expected);
            }
        }
        7 => {
            let text = play.text();
            let made = Str::new_in(&mut *cx, text.as_str().into()).expect("well-formed");
            play.state().strings.insert(0, (made, text));
        }
        8 => {
            let n = play.below(4);
            let mut state = play.state();
            if n < state.strings.len() {
                let dropped = state.strings.remove(n);
                drop(state);
                drop(dropped);
            }
        }
        9 => {
            let n = play.below(4);
            let mut state = play.state();
            if n < state.objects.len() {
                let dropped = state.objects.remove(n);
                drop(state);
                drop(dropped);
            }
        }
        10 => {
            let (i, (object, thing)) = (play.below(4), play.any());
            guest.put(cx, i, object);
            play.state().table[i] = thing;
        }
        11 => {
            let i = play.below(4);
            let object = guest.get(cx, i);
            let thing = play.state().table[i];
            check(play, cx, object.as_ref(), thing);
            play.keep(object, thing);
        }
        12 => {
            // Through the guest to the host, which makes steps between its
            // arguments and its results, and back.
            let (a, b) = (play.any(), play.any());
            let way = play.below(guest.through.len());
            let results = guest.refs(cx, way, [a.0, b.0]);
            let things = if way == 0 { [b.1, a.1] } else { [a.1, b.1] };
            for (result, thing) in results.into_iter().zip(things) {
                check(play, cx, result.as_ref(), thing);
                play.keep(result, thing);
            }
        }
        13 => {
            let n = play.below(200) as u64;
            let object = guest.make(cx, n);
            check(play, cx, Some(&object), Some(Thing::Guest(n)));
            play.keep(Some(object), Some(Thing::Guest(n)));
        }
        14 => {
            let i = play.below(4);
            let n = play.below(4);
            let func = play.state().funcs.get(n).cloned();
            guest.put_func(cx, i, func.as_ref().map(|f| f.0.clone()));
            play.state().func_table[i] = func.as_ref().map(|f| f.1);
            let found = guest.get_func(cx, i);
            let there = play.state().func_table[i];
            if let (Some((func, n)), Some(found)) = (&func, &found) {
                let same = Func::same(func, found);
                assert_eq!(same, there == Some(*n), "a function that went into a table");
            }
            check_func(play, cx, found, there);
        }
        _ => match play.below(4) {
            0 => check_all(play, cx),
            1 => cx.as_context_mut().settle().expect("no call that is owed fails"),
            n => guest.burn(cx, [1, 10, 300, 3000][n]),
        },
    }
    assert_eq!(play.state().asked.len(), asked, "the host was not asked");
}

/// The host functions that a guest imports: `ask`, in one of the ways to make one;
/// `refs`, in two; and one that is told when something is freed.
pub fn host_functions(play: &Play, cx: &mut Store) -> safe_guest::Host {
    let way = play.below(4);
    let p = play.clone();
    let ty = FuncType::new([ValType::String], [ValType::String]);
    let ask = match way {
        0 => Func::wrap(&mut *cx, move |mut caller: Caller<'_>, told: String| {
            let answer = p.answer(&told);
            p.within(&mut caller);
            answer
        }),
        1 => Func::wrap(&mut *cx, move |mut caller: Caller<'_>, told: Vec<u16>| {
            let answer = p.answer(&String::from_utf16(&told).expect("well-formed"));
            p.within(&mut caller);
            answer.encode_utf16().collect::<Vec<u16>>()
        }),
        2 => Func::new(&mut *cx, ty, move |mut caller, args, results| {
            let told = args[0].as_str().expect("a string").to_string(&caller)?;
            let answer = p.answer(&told);
            p.within(&mut caller);
            // It is still what it was.
            read(&mut caller, args[0].as_str().expect("a string"), &told);
            results[0] = Val::String(Str::new_in(&mut caller, answer.as_str().into())?);
            Ok(())
        }),
        _ => Func::new_prepared(&mut *cx, ty, move |call| {
            let Val::String(told) = call.value()? else { panic!("a string") };
            let told = told.to_string(call.caller())?;
            let answer = p.answer(&told);
            p.within(&mut call.caller());
            call.put_text(Text::Utf8(answer.as_bytes()))
        }),
    };
    let ty = FuncType::new([ValType::ExternRef; 2], [ValType::ExternRef; 2]);
    let p = play.clone();
    let listed = Func::new(&mut *cx, ty.clone(), move |mut caller, args, results| {
        p.within(&mut caller);
        for (result, arg) in results.iter_mut().zip(args) {
            let Val::ExternRef(object) = arg else { panic!("a reference") };
            *result = Val::ExternRef(object.clone());
        }
        Ok(())
    });
    let p = play.clone();
    let prepared = Func::new_prepared(&mut *cx, ty, move |call| {
        let given = [call.value()?, call.value()?];
        p.within(&mut call.caller());
        given.into_iter().try_for_each(|val| call.put_value(val))
    });
    let p = play.clone();
    let freed = Func::wrap(&mut *cx, move |mut caller: Caller<'_>| -> Result<(), Error> {
        p.within(&mut caller);
        Ok(())
    });
    for n in 0..2 {
        let func = Func::wrap(&mut *cx, move || witrt::I32(n));
        play.state().funcs.push((func, n));
    }
    safe_guest::Host { ask, refs: [listed, prepared], freed }
}

/// Functions of the guest's own, to be put into tables like the host's.
pub fn know(play: &Play, func: Func, n: i32) {
    play.state().funcs.push((func, n));
}
