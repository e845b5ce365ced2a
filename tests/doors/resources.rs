//! Functions that take resources: what a component has made itself is lent to it, and
//! given back, by its door. What they return is the engine's to take out of its tables.

use crate::twins::{BY_DOOR, Twins};
use witrt::{List, Resource, Val};

/// Two types of resources, whose destructors count, and functions that take them in all
/// places. What a resource is known as tells its number.
const GUEST: &str = r#"(component
  (import "note" (func $note (param "n" u32)))
  (core func $note' (canon lower (func $note)))
  (core module $ends
    (memory (export "memory") 1)
    (global $ended (mut i32) (i32.const 0))
    (func (export "ended") (result i32) (global.get $ended))
    (func (export "end") (param i32)
      (if (i32.eq (local.get 0) (i32.const 666)) (then unreachable))
      (global.set $ended (i32.add (i32.mul (global.get $ended) (i32.const 31)) (local.get 0)))))
  (core instance $ends (instantiate $ends))
  (type $thing' (resource (rep i32) (dtor (func $ends "end"))))
  (type $other' (resource (rep i32)))
  (export $thing "thing" (type $thing'))
  (export $other "other" (type $other'))
  (core func $new (canon resource.new $thing'))
  (core func $rep (canon resource.rep $thing'))
  (core func $drop (canon resource.drop $thing'))
  (core func $new-other (canon resource.new $other'))
  (core module $m
    (import "" "note" (func $note (param i32)))
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "rep" (func $rep (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "" "memory" (memory 1))
    (global $kept (mut i32) (i32.const 0))
    (global $next (mut i32) (i32.const 4096))
    (global $posts (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $next (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (if (i32.gt_u (global.get $next) (i32.const 60000)) (then (global.set $next (i32.const 4096))))
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (local.get 3))))
    (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
    (func (export "get") (param i32) (result i32) (local.get 0))
    (func (export "add") (param i32 i32) (result i32)
      (call $note (local.get 1)) (i32.add (local.get 0) (local.get 1)))
    (func (export "name") (param i32 i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 1)) (i32.store (i32.const 20) (local.get 2))
      (i32.const 16))
    (func (export "post") (param i32) (global.set $posts (i32.add (global.get $posts) (i32.const 1))))
    (func (export "posts") (result i32) (global.get $posts))
    (func (export "sum") (param i32 i32) (result i32) (local i32)
      (block $end (loop $each
        (br_if $end (i32.eqz (local.get 1)))
        (local.set 2 (i32.add (i32.mul (local.get 2) (i32.const 7)) (i32.load (local.get 0))))
        (local.set 0 (i32.add (local.get 0) (i32.const 4)))
        (local.set 1 (i32.sub (local.get 1) (i32.const 1)))
        (br $each)))
      (local.get 2))
    (func (export "two") (param i32 i32 i32) (result i32)
      (i32.add (local.get 0) (i32.mul (local.get 1) (i32.mul (local.get 2) (i32.const 10)))))
    (func (export "many") (param i32) (result i32)
      (i32.add (i32.load (local.get 0)) (i32.load offset=64 (local.get 0))))
    (func (export "take") (param i32) (result i32) (local i32)
      (local.set 1 (call $rep (local.get 0)))
      (call $drop (local.get 0))
      (i32.add (i32.mul (local.get 1) (i32.const 1000)) (local.get 0)))
    (func (export "keep") (param i32) (global.set $kept (local.get 0)))
    (func (export "kept") (result i32) (global.get $kept))
    (func (export "handle") (result i32) (local i32)
      (local.set 0 (call $new (i32.const 1))) (call $drop (local.get 0)) (local.get 0))
    (func (export "trap") (param i32) unreachable))
  (core instance $m (instantiate $m (with "" (instance
    (export "note" (func $note')) (export "new" (func $new)) (export "rep" (func $rep))
    (export "drop" (func $drop)) (export "memory" (memory $ends "memory"))))))
  (alias core export $ends "memory" (core memory $mem))
  (alias core export $m "realloc" (core func $realloc))
  (func (export "[constructor]thing") (param "n" u32) (result (own $thing)) (canon lift (core func $m "make")))
  (func (export "make-other") (param "n" u32) (result (own $other)) (canon lift (core func $new-other)))
  (func (export "[method]thing.get") (param "self" (borrow $thing)) (result u32) (canon lift (core func $m "get")))
  (func (export "[method]thing.add") (param "self" (borrow $thing)) (param "n" u32) (result u32)
    (canon lift (core func $m "add")))
  (func (export "[method]thing.name") (param "self" (borrow $thing)) (param "x" string) (result string)
    (canon lift (core func $m "name") (memory $mem) (realloc (func $realloc)) (post-return (func $m "post"))))
  (func (export "[method]other.get") (param "self" (borrow $other)) (result u32) (canon lift (core func $m "get")))
  (func (export "sum") (param "x" (list (borrow $thing))) (result u32)
    (canon lift (core func $m "sum") (memory $mem) (realloc (func $realloc))))
  (func (export "two") (param "x" (borrow $thing)) (param "y" (option (borrow $thing))) (result u32)
    (canon lift (core func $m "two")))
  (func (export "many") (param "x" (borrow $thing))
    (param "y" (tuple u32 u32 u32 u32 u32 u32 u32 u32 u32 u32 u32 u32 u32 u32 u32)) (param "z" (borrow $thing))
    (result u32) (canon lift (core func $m "many") (memory $mem) (realloc (func $realloc))))
  (func (export "take") (param "x" (own $thing)) (result u32) (canon lift (core func $m "take")))
  (func (export "keep") (param "x" (own $thing)) (canon lift (core func $m "keep")))
  (func (export "kept") (result (own $thing)) (canon lift (core func $m "kept")))
  (func (export "handle") (result u32) (canon lift (core func $m "handle")))
  (func (export "ended") (result u32) (canon lift (core func $ends "ended")))
  (func (export "posts") (result u32) (canon lift (core func $m "posts")))
  (func (export "trap") (param "x" (borrow $thing)) (canon lift (core func $m "trap"))))"#;

/// Both components, and what each has made.
struct Pair {
    twins: Twins,
    made: [Vec<Resource>; 2],
}

type Args<'a> = &'a dyn Fn(&[Resource]) -> Vec<Val<'static>>;

impl Pair {
    fn new(text: &str) -> Pair {
        Pair { twins: Twins::of(text, BY_DOOR), made: Default::default() }
    }

    /// Calls both, with what they have made. What they give is put behind that.
    fn call(&mut self, name: &str, args: Args<'_>) -> String {
        let both = self.twins.twins.iter_mut().zip(&mut self.made);
        let told = both.map(|(twin, made)| {
            let (told, results) = twin.call_for(name, &args(made));
            made.extend(results.into_iter().filter_map(|val| match val {
                Val::Own(resource) => Some(resource),
                _ => None,
            }));
            told
        });
        let told = told.collect::<Vec<_>>();
        assert_eq!(told[0], told[1], "{name}");
        told.into_iter().next().unwrap_or_default()
    }

    /// Calls one without arguments.
    fn ask(&mut self, name: &str) -> String {
        self.call(name, &|_| Vec::new())
    }

    fn make(&mut self, number: u32) {
        self.call("[constructor]thing", &|_| vec![Val::U32(number)]);
    }

    /// All that can be told of both.
    fn compare(&mut self) {
        for name in ["handle", "ended", "posts"] {
            self.ask(name);
        }
    }
}

fn lent(resource: &Resource) -> Val<'static> {
    Val::Borrow(resource.clone())
}

fn given(resource: &Resource) -> Val<'static> {
    Val::Own(resource.clone())
}

#[test]
fn lent_and_given() {
    let mut pair = Pair::new(GUEST);
    (0..5).for_each(|n| pair.make(100 + n));
    pair.call("make-other", &|_| vec![Val::U32(77)]);
    for round in 0..4 {
        for n in 0..5 {
            assert_eq!(
                pair.call("[method]thing.get", &|made| vec![lent(&made[n])]),
                format!("U32({}) []", 100 + n)
            );
            assert_eq!(
                pair.call("[method]thing.add", &|made| vec![lent(&made[n]), Val::U32(round)]),
                format!("U32({}) [\"note U32({round})\"]", 100 + n as u32 + round)
            );
            for text in ["", "short", "é", &"long ".repeat(3000)] {
                let name = |made: &[Resource]| vec![lent(&made[n]), text.to_owned().into()];
                assert_eq!(pair.call("[method]thing.name", &name), format!("{text:?} []"));
            }
        }
        let all =
            |made: &[Resource]| vec![Val::List(List::Val(made[..5].iter().map(lent).collect()))];
        pair.call("sum", &all);
        pair.call("sum", &|_| vec![Val::List(List::Val(Vec::new()))]);
        let two = |made: &[Resource]| {
            vec![lent(&made[0]), Val::Option(Some(Box::new(lent(&made[round as usize]))))]
        };
        pair.call("two", &two);
        pair.call("two", &|made| vec![lent(&made[3]), Val::Option(None)]);
        let fifteen = || Val::Tuple((0..15).map(Val::U32).collect());
        pair.call("many", &|made| vec![lent(&made[0]), fifteen(), lent(&made[4])]);
        pair.call("[method]other.get", &|made| vec![lent(&made[5])]);
        pair.compare();
    }
    // What is of one type is not lent as another, however it is known.
    for (name, at) in [("[method]other.get", 0), ("[method]thing.get", 5), ("take", 5)] {
        let told = pair.call(name, &|made| {
            vec![if name == "take" { given(&made[at]) } else { lent(&made[at]) }]
        });
        assert!(told.starts_with("WrongKind"), "{told}");
    }
    // Given away, dropped, and kept; handles are counted as ever.
    assert!(pair.call("take", &|made| vec![given(&made[1])]).starts_with("U32(10100"));
    for name in ["take", "[method]thing.get"] {
        let told = pair.call(name, &|made| {
            vec![if name == "take" { given(&made[1]) } else { lent(&made[1]) }]
        });
        assert!(told.starts_with("WrongKind"), "{told}");
    }
    pair.compare();
    for n in [2, 3] {
        pair.call("keep", &|made| vec![given(&made[n])]);
        pair.compare();
        pair.ask("kept");
        let back = 6 + n - 2;
        let get = |made: &[Resource]| vec![lent(&made[back])];
        for _ in 0..3 {
            assert_eq!(pair.call("[method]thing.get", &get), format!("U32({}) []", 100 + n));
        }
        assert!(
            pair.call("[method]thing.get", &|made| vec![lent(&made[n])]).starts_with("WrongKind")
        );
    }
    pair.compare();
    pair.made.iter_mut().for_each(Vec::clear);
    pair.compare();
    // The same number, known to another resource once more.
    pair.make(100);
    assert_eq!(pair.call("[method]thing.get", &|made| vec![lent(&made[0])]), "U32(100) []");
    assert_eq!(pair.call("[method]thing.get", &|made| vec![lent(&made[0])]), "U32(100) []");
    pair.compare();
}

/// What is lent cannot be given in the same call; what fails leaves all as it was; and a
/// trap ends the instance, wherever it is.
#[test]
fn refused() {
    let both = GUEST.replace(
        "(func (export \"ended\") (result u32)",
        "(func (export \"both\") (param \"x\" (borrow $thing)) (param \"y\" (own $thing)) (result u32)
           (canon lift (core func $m \"add\")))
         (func (export \"ended\") (result u32)",
    );
    let mut pair = Pair::new(&both);
    (0..3).for_each(|n| pair.make(n));
    for _ in 0..3 {
        let told = pair.call("both", &|made| vec![lent(&made[0]), given(&made[0])]);
        assert!(told.starts_with("WrongKind"), "{told}");
        let told = pair.call("[method]thing.name", &|made| {
            vec![lent(&made[0]), Val::String(witrt::Str::from_utf8(b"\xff"))]
        });
        assert!(told.starts_with("BadText"), "{told}");
        let told = pair.call("[method]thing.get", &|_| {
            vec![Val::Borrow(Resource::new(std::sync::Arc::new(7)))]
        });
        assert!(told.starts_with("WrongKind"), "{told}");
        assert_eq!(pair.call("[method]thing.get", &|made| vec![lent(&made[0])]), "U32(0) []");
    }
    pair.call("both", &|made| vec![lent(&made[0]), given(&made[1])]);
    pair.compare();
    for earlier in 0..2 {
        let mut pair = Pair::new(GUEST);
        pair.make(5);
        for _ in 0..earlier {
            pair.call("[method]thing.get", &|made| vec![lent(&made[0])]);
        }
        pair.call("trap", &|made| vec![lent(&made[0])]);
        let told = pair.call("[method]thing.get", &|made| vec![lent(&made[0])]);
        assert!(told.starts_with("Poisoned"), "{told}");
    }
    // A destructor that traps, when what was dropped is given back before a call.
    let mut pair = Pair::new(GUEST);
    pair.make(666);
    pair.call("[method]thing.get", &|made| vec![lent(&made[0])]);
    pair.made.iter_mut().for_each(Vec::clear);
    assert!(pair.ask("handle").starts_with("Trap"));
    assert!(pair.ask("handle").starts_with("Poisoned"));
}

/// Another instance's resources are none of this one's, also where both are known as the
/// same number.
#[test]
fn of_other_instances() {
    let [mut one, mut other] = [Pair::new(GUEST), Pair::new(GUEST)];
    for pair in [&mut one, &mut other] {
        pair.make(3);
        pair.call("[method]thing.get", &|made| vec![lent(&made[0])]);
        pair.call("[method]thing.get", &|made| vec![lent(&made[0])]);
    }
    std::mem::swap(&mut one.made, &mut other.made);
    for name in ["[method]thing.get", "take"] {
        let told = one.call(name, &|made| {
            vec![if name == "take" { given(&made[0]) } else { lent(&made[0]) }]
        });
        assert!(told.starts_with("WrongStore"), "{told}");
    }
    std::mem::swap(&mut one.made, &mut other.made);
    assert_eq!(one.call("[method]thing.get", &|made| vec![lent(&made[0])]), "U32(3) []");
}

/// Types of Rust's own.
#[test]
fn typed() {
    let mut pair = Pair::new(GUEST);
    for twin in &mut pair.twins.twins {
        let store = &mut twin.store;
        let mut func = |name: &str| twin.instance.func(&mut *store, name).unwrap();
        let make = func("[constructor]thing").typed::<(u32,), Resource>().unwrap();
        let get = func("[method]thing.get").typed::<(&Resource,), u32>().unwrap();
        let name = func("[method]thing.name").typed::<(&Resource, &str), String>().unwrap();
        let sum = func("sum").typed::<(Vec<Resource>,), u32>().unwrap();
        let take = func("take").typed::<(Resource,), u32>().unwrap();
        let things = (1..4).map(|n| make.call(&mut *store, (n,)).unwrap()).collect::<Vec<_>>();
        for _ in 0..3 {
            for (n, thing) in (1..).zip(&things) {
                assert_eq!(get.call(&mut *store, (thing,)).unwrap(), n);
                assert_eq!(name.call(&mut *store, (thing, "é")).unwrap(), "é");
            }
            assert_eq!(sum.call(&mut *store, (things.clone(),)).unwrap(), 49 + 14 + 3);
        }
        let taken = things.into_iter().map(|thing| take.call(&mut *store, (thing,)).unwrap());
        assert_eq!(taken.map(|n| n / 1000).collect::<Vec<_>>(), [1, 2, 3]);
    }
    pair.compare();
}

/// A resource of a component within is lent to the one around by a handle, which that has
/// to drop: the engine sees to it.
#[test]
fn of_components_within() {
    let text = |drops: &str| {
        format!(
            r#"(component
          (component $inner
            (type $r' (resource (rep i32)))
            (export $r "r" (type $r'))
            (core func $new (canon resource.new $r'))
            (core module $m (func (export "id") (param i32) (result i32) (local.get 0)))
            (core instance $m (instantiate $m))
            (func (export "make") (param "n" u32) (result (own $r)) (canon lift (core func $new)))
            (func (export "get") (param "x" (borrow $r)) (result u32) (canon lift (core func $m "id"))))
          (instance $inner (instantiate $inner))
          (alias export $inner "r" (type $r'))
          (export $r "r" (type $r'))
          (alias export $inner "make" (func $make))
          (alias export $inner "get" (func $get))
          (core func $drop (canon resource.drop $r))
          (core module $m
            (import "" "drop" (func $drop (param i32)))
            (func (export "use") (param i32) (result i32) {drops} (local.get 0))
            (func (export "u8") (param i32) (result i32) (local.get 0)))
          (core instance $m (instantiate $m (with "" (instance (export "drop" (func $drop))))))
          (export "make" (func $make) (func (param "n" u32) (result (own $r))))
          (export "get" (func $get) (func (param "x" (borrow $r)) (result u32)))
          (func (export "use") (param "x" (borrow $r)) (result u32) (canon lift (core func $m "use")))
          (func (export "take") (param "x" (own $r)) (result u32) (canon lift (core func $m "use")))
          (func (export "u8") (param "x" u8) (result u8) (canon lift (core func $m "u8"))))"#
        )
    };
    let mut pair = Pair::new(&text("(call $drop (local.get 0))"));
    for n in 0..3 {
        pair.call("make", &|_| vec![Val::U32(40 + n)]);
        for _ in 0..3 {
            let at = n as usize;
            assert_eq!(
                pair.call("get", &|made| vec![lent(&made[at])]),
                format!("U32({}) []", 40 + n)
            );
            pair.call("use", &|made| vec![lent(&made[at])]);
        }
    }
    (0..3).for_each(|n| drop(pair.call("take", &|made| vec![given(&made[n])])));
    let mut pair = Pair::new(&text(""));
    pair.call("make", &|_| vec![Val::U32(1)]);
    let told = pair.call("use", &|made| vec![lent(&made[0])]);
    assert!(told.contains("borrow handles still remain"), "{told}");
    assert!(pair.call("u8", &|_| vec![Val::U8(1)]).starts_with("Poisoned"));
}
