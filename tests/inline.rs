//! Short text reaches linear memory without a call of the host: every length and
//! script, byte for byte, with nothing written beside it, in guests of each encoding; and
//! what an allocator says is still a claim. On both back ends, which do the same.

use witrt::abi::{Convention, GuestEncoding};
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
    encoding: GuestEncoding,
    store: Store,
    instance: Instance,
    place: TypedFunc<(u32,), ()>,
    blank: TypedFunc<(u32, u32), u32>,
    read: TypedFunc<(u32, u32), String>,
}

impl Guest {
    fn new(back_end: BackEnd, encoding: GuestEncoding) -> Guest {
        let mut config = Config::new();
        config.back_end(back_end);
        let engine = Engine::new(&config).unwrap();
        let convention = Convention { text: encoding, ..Convention::SECTION };
        let module = Module::new_by(&engine, module().as_bytes(), convention).unwrap();
        let mut store = Store::new(&engine);
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let mut func = |name: &str| instance.func(&mut store, name).unwrap();
        let (place, blank, read) = (func("place"), func("blank"), func("read"));
        Guest {
            place: place.typed().unwrap(),
            blank: blank.typed().unwrap(),
            read: read.typed().unwrap(),
            encoding,
            store,
            instance,
        }
    }

    /// How many code units a text has there, and how many bytes; none where it cannot be
    /// there.
    fn laid(&self, text: &str) -> Option<(usize, usize)> {
        let units = match self.encoding {
            GuestEncoding::Utf8 => text.len(),
            GuestEncoding::Utf16 => text.encode_utf16().count(),
            GuestEncoding::Latin1 => {
                text.chars().all(|c| c <= 'ÿ').then(|| text.chars().count())?
            }
            GuestEncoding::Compact => return None,
        };
        Some((units, if self.encoding == GuestEncoding::Utf16 { 2 * units } else { units }))
    }

    fn place(&mut self, at: usize) {
        self.place.call(&mut self.store, (at as u32,)).unwrap();
    }

    /// This text is there, and nothing beside it.
    fn expect(&mut self, at: usize, text: &str) {
        let (units, bytes) = self.laid(text).unwrap();
        let found = self.read.call(&mut self.store, (at as u32, units as u32)).unwrap();
        assert_eq!(found, text);
        let blank = self.blank.call(&mut self.store, (at as u32, bytes as u32)).unwrap();
        assert_eq!(blank, 1, "written beside {text:?} at {at}");
    }
}

/// On both back ends.
fn both(encoding: GuestEncoding) -> [Guest; 2] {
    [BackEnd::Compiled, BackEnd::Reference].map(|back_end| Guest::new(back_end, encoding))
}

/// Those of each encoding that text in words has.
fn guests() -> impl Iterator<Item = Guest> {
    ENCODINGS.into_iter().flat_map(both)
}

const ENCODINGS: [GuestEncoding; 3] =
    [GuestEncoding::Utf8, GuestEncoding::Utf16, GuestEncoding::Latin1];

/// Texts of all lengths around those that go inline.
fn texts() -> impl Iterator<Item = String> {
    let scripts =
        ["abcdefghijklmnopqrstuvwxyz", "naïve Zoë", "鸚鵡", "🦜a", "\0é\u{7f}漢🦀", "ÿ\0", "Ā"];
    scripts.into_iter().flat_map(|script| {
        (0..=70).map(move |len| script.chars().cycle().take(len).collect::<String>())
    })
}

#[test]
fn every_length_lands_where_it_should() {
    for mut guest in guests() {
        let one = guest.instance.func(&mut guest.store, "one").unwrap();
        let narrow = one.typed::<(&str,), u32>().unwrap();
        let wide = one.typed::<(&[u16],), u32>().unwrap();
        let any = one.typed::<(Str<'_>,), u32>().unwrap();
        for text in texts() {
            let Some((len, bytes)) = guest.laid(&text) else { continue };
            let units: Vec<u16> = text.encode_utf16().collect();
            let values: Vec<u32> = text.chars().map(u32::from).collect();
            // In the middle, and up to the last byte.
            for at in [1000 + text.len() % 16, PAGE - bytes] {
                guest.place(at);
                assert_eq!(narrow.call(&mut guest.store, (&text,)).unwrap(), len as u32);
                guest.expect(at, &text);
                guest.place(at);
                assert_eq!(wide.call(&mut guest.store, (&units,)).unwrap(), len as u32);
                guest.expect(at, &text);
            }
            let bytes: Option<Vec<u8>> = values.iter().map(|c| u8::try_from(*c).ok()).collect();
            let narrow = bytes.as_ref().map(|bytes| Str::from_latin1(bytes));
            for text_of in [Some(Str::from_utf32(&values)), narrow].into_iter().flatten() {
                guest.place(999);
                assert_eq!(any.call(&mut guest.store, (&text_of,)).unwrap(), len as u32);
                guest.expect(999, &text);
            }
        }
    }
}

/// Up to sixteen go inline; of seventeen none is.
#[test]
fn many_go_beside_each_other() {
    for mut guest in guests().filter(|guest| guest.encoding != GuestEncoding::Latin1) {
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
                let (len, _) = guest.laid(&all).unwrap();
                assert!(matches!(sum, [Val::U32(sum)] if sum as usize == len));
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
    for encoding in ENCODINGS {
        let [compiled, reference] = both(encoding).map(lies);
        assert_eq!(compiled, reference);
    }
}

/// What a call of a guest is told whose allocator lies.
fn lies(mut guest: Guest) -> Vec<Result<u32, String>> {
    let one = guest.instance.func(&mut guest.store, "one").unwrap();
    let one = one.typed::<(&str,), u32>().unwrap();
    let mut told = Vec::new();
    for text in texts() {
        let Some((_, bytes)) = guest.laid(&text) else { continue };
        for at in [PAGE + 1 - bytes, PAGE + 1, u32::MAX as usize] {
            guest.place(at);
            let failed = one.call(&mut guest.store, (&text,));
            if text.is_empty() && at == PAGE + 1 - bytes || !text.is_empty() {
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
}

#[test]
fn ill_formed_text_is_told_before_the_guest_runs() {
    for encoding in ENCODINGS {
        let [compiled, reference] = both(encoding).map(ill_formed);
        assert_eq!(compiled, reference);
        assert!(compiled[0].as_ref().unwrap_err().contains("parameter 1"), "{:?}", compiled[0]);
    }
}

fn ill_formed(mut guest: Guest) -> Vec<Result<u32, String>> {
    let two = guest.instance.func(&mut guest.store, "2 texts").unwrap();
    let two = two.typed::<(&str, Str<'_>), u32>().unwrap();
    let mut told = Vec::new();
    for bad in [&[0xD800][..], &[0x61, 0xDC00], &[0x61; 80], &[0xDFFF; 80], &[0x3042, 0xD800]] {
        let rejected = Str::from_utf16(bad);
        guest.place(64);
        let failed = two.call(&mut guest.store, ("first", &rejected));
        if failed.is_err() {
            guest.expect(0, "");
        }
        told.push(failed.map_err(|error| error.to_string()));
        let replaced = Str::from_utf16(bad).with_policy(Policy::Replace);
        guest.place(64);
        let sum = two.call(&mut guest.store, ("first", &replaced)).unwrap();
        let mut text = String::from_utf16_lossy(bad);
        if guest.encoding == GuestEncoding::Latin1 {
            text = text.chars().map(|c| if c > 'ÿ' { '?' } else { c }).collect();
        }
        guest.expect(64, &("first".to_owned() + &text));
        told.push(Ok(sum));
    }
    told
}

/// What is ill-formed in UTF-16 stays so, where that is the rule and the guest has it.
#[test]
fn lone_surrogates_are_kept() {
    for mut guest in both(GuestEncoding::Utf16) {
        let one = guest.instance.func(&mut guest.store, "one").unwrap();
        let one = one.typed::<(Str<'_>,), u32>().unwrap();
        let read = guest.instance.func(&mut guest.store, "read").unwrap();
        for len in (1..40).chain([63, 64, 65, 100]) {
            let mut units = vec![0x61; len];
            units[len / 2] = 0xD800;
            guest.place(2000);
            let text = Str::from_utf16(&units).with_policy(Policy::Keep);
            assert_eq!(one.call(&mut guest.store, (&text,)).unwrap(), len as u32);
            // Around it, what is well-formed.
            let [before, behind] = [(2000, len / 2), (2002 + 2 * (len / 2), len - len / 2 - 1)];
            for (at, count) in [before, behind] {
                let found = guest.read.call(&mut guest.store, (at as u32, count as u32)).unwrap();
                assert_eq!(found, "a".repeat(count));
            }
            let args = [Val::U32(2000 + 2 * (len as u32 / 2)), Val::U32(1)];
            let error = read.call(&mut guest.store, &args, &mut [Val::U32(0)]).unwrap_err();
            assert!(error.message().contains("invalid UTF-16"), "{error}");
            let range = (2000, 2 * len as u32);
            assert_eq!(guest.blank.call(&mut guest.store, range).unwrap(), 1);
        }
    }
}
