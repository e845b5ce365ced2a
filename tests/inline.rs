//! Short text reaches linear memory without a call of the host: every length and
//! script, byte for byte, with nothing written beside it; and what an allocator
//! says is still a claim. On both back ends, which do the same.

use witrt::string::Policy;
use witrt::{BackEnd, Config, Engine, ErrorKind, Instance, Module, Store, Str, TypedFunc, Val};

const PAGE: usize = 65536;

/// With an adapter for each number of strings.
fn module() -> String {
    let adapter = |count: usize| {
        let words = "i32 i32 ".repeat(count);
        let params = "(param string) ".repeat(count);
        let lower = |i| format!("arg.get {i} string-to-memory $alloc ");
        let lower: String = (0..count).map(lower).collect();
        let sum = |i: usize| format!("local.get {} i32.add ", 2 * i + 1);
        let sum: String = (0..count).map(sum).collect();
        format!(
            r#"(func $f{count} (param {words}) (result i32) i32.const 0 {sum})
            (@interface func (export "{count} texts") {params} (result u32)
              {lower} call-core $f{count} i32-to-u32)"#
        )
    };
    let adapters = COUNTS.map(adapter).concat();
    format!("{MODULE}{adapters})")
}

/// Without its end.
const MODULE: &str = r#"(module
  (memory 1)
  (global $at (mut i32) (i32.const 0))
  ;; The next text goes here, and there is nothing.
  (func $place (param i32)
    (global.set $at (local.get 0))
    (memory.fill (i32.const 0) (i32.const 0xEE) (i32.const 65536)))
  ;; Whether there is still nothing but in this range.
  (func $blank (param $at i32) (param $len i32) (result i32)
    (local $i i32)
    (loop $next
      (if (i32.ge_u (i32.sub (local.get $i) (local.get $at)) (local.get $len))
        (then (if (i32.ne (i32.load8_u (local.get $i)) (i32.const 0xEE))
          (then (return (i32.const 0))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 65536))))
    (i32.const 1))
  (func $alloc (param $len i32) (result i32)
    global.get $at
    (global.set $at (i32.add (global.get $at) (local.get $len))))
  (func $one (param i32 i32) (result i32) local.get 1)
  (@interface func (export "place") (param u32) arg.get 0 u32-to-i32 call-core $place)
  (@interface func (export "blank") (param u32) (param u32) (result u32)
    arg.get 0 u32-to-i32 arg.get 1 u32-to-i32 call-core $blank i32-to-u32)
  (@interface func (export "read") (param u32) (param u32) (result string)
    arg.get 0 u32-to-i32 arg.get 1 u32-to-i32 memory-to-string)
  (@interface func (export "one") (param string) (result u32)
    arg.get 0 string-to-memory $alloc call-core $one i32-to-u32)"#;

struct Guest {
    store: Store,
    instance: Instance,
    place: TypedFunc<(u32,), ()>,
    blank: TypedFunc<(u32, u32), u32>,
    read: TypedFunc<(u32, u32), String>,
}

impl Guest {
    fn new(back_end: BackEnd) -> Guest {
        let mut config = Config::new();
        config.back_end(back_end);
        let engine = Engine::new(&config).unwrap();
        let module = Module::new(&engine, module().as_bytes()).unwrap();
        let mut store = Store::new(&engine);
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let mut func = |name: &str| instance.func(&mut store, name).unwrap();
        let (place, blank, read) = (func("place"), func("blank"), func("read"));
        Guest {
            place: place.typed().unwrap(),
            blank: blank.typed().unwrap(),
            read: read.typed().unwrap(),
            store,
            instance,
        }
    }

    fn place(&mut self, at: usize) {
        self.place.call(&mut self.store, (at as u32,)).unwrap();
    }

    /// This text is there, and nothing beside it.
    fn expect(&mut self, at: usize, text: &str) {
        let range = (at as u32, text.len() as u32);
        assert_eq!(self.read.call(&mut self.store, range).unwrap(), text);
        let blank = self.blank.call(&mut self.store, range).unwrap();
        assert_eq!(blank, 1, "written beside {text:?} at {at}");
    }
}

fn both() -> [Guest; 2] {
    [BackEnd::Compiled, BackEnd::Reference].map(Guest::new)
}

/// Texts of all lengths around those that go inline.
fn texts() -> impl Iterator<Item = String> {
    let scripts = ["abcdefghijklmnopqrstuvwxyz", "naïve Zoë", "鸚鵡", "🦜a", "\0é\u{7f}漢🦀"];
    scripts.into_iter().flat_map(|script| {
        (0..=70).map(move |len| script.chars().cycle().take(len).collect::<String>())
    })
}

#[test]
fn every_length_lands_where_it_should() {
    for mut guest in both() {
        let one = guest.instance.func(&mut guest.store, "one").unwrap();
        let narrow = one.typed::<(&str,), u32>().unwrap();
        let wide = one.typed::<(&[u16],), u32>().unwrap();
        for text in texts() {
            let units: Vec<u16> = text.encode_utf16().collect();
            // In the middle, and up to the last byte.
            for at in [1000 + text.len() % 16, PAGE - text.len()] {
                guest.place(at);
                assert_eq!(narrow.call(&mut guest.store, (&text,)).unwrap(), text.len() as u32);
                guest.expect(at, &text);
                guest.place(at);
                assert_eq!(wide.call(&mut guest.store, (&units,)).unwrap(), text.len() as u32);
                guest.expect(at, &text);
            }
        }
    }
}

/// Up to sixteen go inline; of seventeen none is.
#[test]
fn many_go_beside_each_other() {
    for mut guest in both() {
        for count in COUNTS {
            let func = guest.instance.func(&mut guest.store, &format!("{count} texts")).unwrap();
            // Each may be short or long, and in either encoding.
            let most = 1u32 << count;
            // Of many, no more than some: each by itself, all, and every other.
            let picks: Vec<u32> = match count {
                ..10 => (0..most).collect(),
                _ => (0..count).map(|i| 1 << i).chain([0, most - 1, most / 3]).collect(),
            };
            for pick in picks {
                let text = |i: usize| if pick >> i & 1 == 1 { LONG } else { SHORT[i % 9] };
                let texts: Vec<&str> = (0..count).map(text).collect();
                let wide: Vec<Vec<u16>> =
                    texts.iter().map(|t| t.encode_utf16().collect()).collect();
                let args: Vec<Val<'_>> = texts
                    .iter()
                    .zip(&wide)
                    .enumerate()
                    .map(|(i, (text, wide))| match i % 2 {
                        0 => Val::from(*text),
                        _ => Val::from(wide.as_slice()),
                    })
                    .collect();
                guest.place(4096);
                let mut sum = [Val::U32(0)];
                func.call(&mut guest.store, &args, &mut sum).unwrap();
                let all = texts.concat();
                assert!(matches!(sum, [Val::U32(len)] if len as usize == all.len()));
                guest.expect(4096, &all);
            }
        }
    }
}

const COUNTS: [usize; 7] = [2, 3, 4, 8, 9, 16, 17];

const SHORT: [&str; 9] = ["left", "", "Zoë", "🦜🦜", "right", "é", "鸚", "\0", "end"];

const LONG: &str = "A text that has more bytes than an entry carries, so that the host writes it: \
                    Zoë, 鸚鵡, 🦜.";

#[test]
fn an_allocator_that_lies_is_told() {
    let told = both().map(|mut guest| {
        let one = guest.instance.func(&mut guest.store, "one").unwrap();
        let one = one.typed::<(&str,), u32>().unwrap();
        let mut told = Vec::new();
        for text in texts() {
            for at in [PAGE + 1 - text.len(), PAGE + 1, u32::MAX as usize] {
                guest.place(at);
                let failed = one.call(&mut guest.store, (&text,));
                if text.is_empty() && at == PAGE + 1 - text.len() || !text.is_empty() {
                    assert_eq!(failed.as_ref().unwrap_err().kind(), ErrorKind::Trap);
                }
                told.push(failed.map_err(|error| error.to_string()));
                guest.expect(0, "");
            }
        }
        // The next call works.
        guest.place(0);
        assert_eq!(one.call(&mut guest.store, ("next",)).unwrap(), 4);
        told
    });
    assert_eq!(told[0], told[1]);
}

#[test]
fn ill_formed_text_is_told_before_the_guest_runs() {
    let told = both().map(|mut guest| {
        let two = guest.instance.func(&mut guest.store, "2 texts").unwrap();
        let two = two.typed::<(&str, Str<'_>), u32>().unwrap();
        let mut told = Vec::new();
        for bad in [&[0xD800][..], &[0x61, 0xDC00], &[0x61; 80], &[0xDFFF; 80]] {
            let rejected = Str::from_utf16(bad);
            guest.place(64);
            let failed = two.call(&mut guest.store, ("first", &rejected));
            told.push(failed.map_err(|error| error.to_string()));
            let replaced = Str::from_utf16(bad).with_policy(Policy::Replace);
            guest.place(64);
            let sum = two.call(&mut guest.store, ("first", &replaced)).unwrap();
            guest.expect(64, &("first".to_owned() + &String::from_utf16_lossy(bad)));
            told.push(Ok(sum));
        }
        told
    });
    assert_eq!(told[0], told[1]);
    assert!(told[0][0].as_ref().unwrap_err().contains("parameter 1"), "{:?}", told[0]);
}
