//! `direct.wasm`, a component that calls WASI 0.2 itself: streams that do not block,
//! sockets, names, timers.

use super::support::{Written, bytes, folder};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use witrt::{
    Access, Config, Engine, Error, ErrorKind, Func, Instance, Linker, Module, Payload, Store,
    TrapCode, Val, Wasi,
};

// Codes of errors, in the order that WASI has them.
const ACCESS_DENIED: u64 = 1;
const NO_ENTRY: u64 = 20;
const NOT_PERMITTED: u64 = 31;
const CONNECTION_REFUSED: u64 = 14;
const CONNECTION_RESET: u64 = 15;
const NAME_UNRESOLVABLE: u64 = 18;
const PERMANENT_RESOLVER_FAILURE: u64 = 20;
const STREAM_FAILED: u64 = 100;

fn module(config: &Config) -> Module {
    let engine = Engine::new(config).unwrap();
    Module::new(&engine, &bytes("direct.wasm")).unwrap()
}

/// One instance, and its store.
struct Guest {
    store: Store,
    instance: Instance,
}

impl Guest {
    /// With a function of the host's that it calls in between.
    fn new(wasi: &Wasi, host: impl Fn() + Send + Sync + 'static) -> Guest {
        static MODULE: LazyLock<Module> = LazyLock::new(|| module(&Config::new()));
        Guest::of(&MODULE, wasi, host)
    }

    fn of(module: &Module, wasi: &Wasi, host: impl Fn() + Send + Sync + 'static) -> Guest {
        let mut store = Store::new(module.engine());
        store.set_wasi(wasi).unwrap();
        let mut linker = Linker::new();
        let host = Func::wrap(&mut store, host);
        linker.define("", "host", host);
        let instance = linker.instantiate(&mut store, module).unwrap();
        Guest { store, instance }
    }

    fn call(&mut self, name: &str, args: &[Val<'_>]) -> Result<Option<Val<'static>>, Error> {
        let func = self.instance.func(&mut self.store, name)?;
        let mut results = vec![Val::I32(0); func.ty().results().len()];
        func.call(&mut self.store, args, &mut results)?;
        Ok(results.pop())
    }

    /// What it answers, or its error code.
    fn ask(&mut self, name: &str, args: &[Val<'_>]) -> Result<String, u64> {
        let answer = self.call(name, args).unwrap();
        let shown = |payload: Payload<'_>| match payload.as_deref() {
            None => String::new(),
            Some(Val::String(text)) => text.to_string(&self.store).unwrap(),
            Some(Val::U64(number)) => number.to_string(),
            Some(Val::U32(number)) => number.to_string(),
            Some(other) => panic!("{other:?}"),
        };
        match answer {
            Some(Val::Result(answer)) => {
                answer.map(shown).map_err(|code| shown(code).parse().unwrap())
            }
            other => panic!("{other:?}"),
        }
    }
}

fn nothing() {}

/// One that listens, and says "you said " and what it was told to who connects.
fn echo() -> (u16, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serves = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut told = String::new();
        stream.read_to_string(&mut told).unwrap();
        write!(stream, "you said {told}").unwrap();
    });
    (port, serves)
}

fn allowing(port: u16) -> Wasi {
    let mut wasi = Wasi::new();
    wasi.allow_address(&format!("127.0.0.1:{port}")).unwrap();
    wasi
}

/// Streams of files are read and written at once, by all functions of streams.
#[test]
fn streams_of_files() {
    let path = folder("streams");
    let text: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    std::fs::write(path.join("in"), &text).unwrap();
    std::fs::write(path.join("empty"), "").unwrap();
    let mut wasi = Wasi::new();
    wasi.preopen_dir(&path, "/", Access::ReadWrite).unwrap();
    let mut guest = Guest::new(&wasi, nothing);
    let copy = |guest: &mut Guest, from: &str, to: &str, way: u32| {
        guest.ask("copy", &[Val::from(from), Val::from(to), Val::Enum(way)])
    };
    let (append, ways) = (2, 0..4);
    for way in ways {
        std::fs::write(path.join("out"), "start").unwrap();
        assert_eq!(copy(&mut guest, "in", "out", way), Ok("800000".into()), "{way}");
        let start = if way == append { "start" } else { "" };
        let out = std::fs::read(path.join("out")).unwrap();
        assert!(out == [start.as_bytes(), &text].concat(), "{way}");
        assert_eq!(copy(&mut guest, "empty", "out2", way), Ok("0".into()), "{way}");
        assert_eq!(copy(&mut guest, "none", "out2", way), Err(NO_ENTRY));
    }
    // Failures are the guest's: here a device on which there is never any room.
    #[cfg(target_os = "linux")]
    {
        let mut wasi = Wasi::new();
        wasi.preopen_dir("/dev", "/", Access::ReadWrite).unwrap();
        let mut guest = Guest::new(&wasi, nothing);
        for way in [0, 1, 3] {
            assert_eq!(copy(&mut guest, "urandom", "full", way), Err(STREAM_FAILED), "{way}");
        }
    }
    let mut wasi = Wasi::new();
    wasi.preopen_dir(&path, "/", Access::Read).unwrap();
    let mut guest = Guest::new(&wasi, nothing);
    assert_eq!(copy(&mut guest, "in", "out", 0), Err(NOT_PERMITTED));
    assert_eq!(copy(&mut guest, "in", "new", 0), Err(NOT_PERMITTED));
}

/// Standard streams, by functions that do not block.
#[test]
fn standard_streams() {
    let written = Written::default();
    let mut wasi = Wasi::new();
    wasi.stdin_bytes(b"line\n".repeat(20_000)).stdout(written.write());
    assert_eq!(Guest::new(&wasi, nothing).ask("pass", &[]), Ok("100000".into()));
    assert_eq!(written.take(), "line\n".repeat(20_000));
    wasi.stdout(|_| Err(std::io::Error::other("enough")));
    assert_eq!(Guest::new(&wasi, nothing).ask("pass", &[]), Err(STREAM_FAILED));
    wasi.stdin(|_| Err(std::io::Error::other("no more")));
    assert_eq!(Guest::new(&wasi, nothing).ask("pass", &[]), Err(STREAM_FAILED));
}

/// What is no whole line arrives at the process's output, too, when the guest is done
/// with: a host in C ends without the standard library.
#[cfg(unix)]
#[test]
fn inherited_output() {
    const WITHIN: &str = "WITRT_TEST_INHERITS_OUTPUT";
    if std::env::var_os(WITHIN).is_none() {
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["direct::inherited_output", "--exact", "--nocapture"])
            .env(WITHIN, "1")
            .output()
            .unwrap();
        assert!(String::from_utf8(child.stdout).unwrap().ends_with("line\nno line"));
        return;
    }
    let mut wasi = Wasi::new();
    wasi.stdin_bytes(*b"line\nno line").inherit_stdout();
    assert_eq!(Guest::new(&wasi, nothing).ask("pass", &[]), Ok("12".into()));
    // SAFETY: it ends the process, and nothing else.
    unsafe { libc::_exit(0) }
}

#[test]
fn the_network_is_off() {
    let (port, _listens) = echo();
    let args = [Val::U16(port), Val::from("hello")];
    let mut names = Wasi::new();
    names.allow_name_lookup();
    for wasi in [Wasi::new(), names, allowing(port ^ 1)] {
        let mut guest = Guest::new(&wasi, nothing);
        assert_eq!(guest.ask("ask", &args), Err(ACCESS_DENIED));
        assert_eq!(guest.ask("send", &args), Err(ACCESS_DENIED));
        assert_eq!(guest.ask("serve", &args[..1]), Err(ACCESS_DENIED));
        // Nor may it listen everywhere.
        assert_eq!(guest.ask("serve", &[Val::U16(0)]), Err(ACCESS_DENIED));
    }
    // Nobody has connected.
    TcpStream::connect(("127.0.0.1", port)).unwrap();
}

#[test]
fn connections() {
    let long = "text ".repeat(100);
    let (port, serves) = echo();
    let mut guest = Guest::new(&allowing(port), nothing);
    let args = [Val::U16(port), Val::from(&*long)];
    assert_eq!(guest.ask("ask", &args), Ok(format!("you said {long}")));
    serves.join().unwrap();
    // Another test may have been given the port meanwhile, and have given it up.
    let is_refused = |told| matches!(told, Err(CONNECTION_REFUSED | CONNECTION_RESET));
    assert!(is_refused(guest.ask("ask", &args)));
    let mut all = Wasi::new();
    all.allow_network();
    assert!(is_refused(Guest::new(&all, nothing).ask("ask", &args)));
}

#[test]
fn listening() {
    // A port that is free.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (send, receive) = std::sync::mpsc::channel();
    let connect = move || {
        let send = send.clone();
        thread::spawn(move || {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.write_all(b"some text").unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            send.send(answer).unwrap();
        });
    };
    let mut guest = Guest::new(&allowing(port), connect);
    assert_eq!(guest.ask("serve", &[Val::U16(port)]), Ok(String::new()));
    assert_eq!(receive.recv().unwrap(), "some text");
}

#[test]
fn datagrams() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let answers = thread::spawn(move || {
        let mut room = [0; 100];
        let (size, from) = socket.recv_from(&mut room).unwrap();
        // What comes from elsewhere does not arrive.
        UdpSocket::bind("127.0.0.1:0").unwrap().send_to(b"other", from).unwrap();
        thread::sleep(Duration::from_millis(50));
        room[..size].reverse();
        socket.send_to(&room[..size], from).unwrap();
    });
    let mut guest = Guest::new(&allowing(port), nothing);
    assert_eq!(guest.ask("send", &[Val::U16(port), Val::from("abc")]), Ok("cba".into()));
    answers.join().unwrap();
}

#[test]
fn names() {
    let resolve =
        |wasi: &Wasi, name: &str| Guest::new(wasi, nothing).ask("resolve", &[Val::from(name)]);
    let mut off = Wasi::new();
    off.allow_network();
    for name in ["localhost", "127.0.0.1"] {
        assert_eq!(resolve(&off, name), Err(PERMANENT_RESOLVER_FAILURE));
    }
    let mut on = Wasi::new();
    on.allow_name_lookup();
    assert!(resolve(&on, "localhost").unwrap() != "0");
    assert_eq!(resolve(&on, "127.0.0.1"), Ok("1".into()));
    // One that nobody is asked for: a part of it is too long.
    assert_eq!(resolve(&on, &format!("{}.invalid", "x".repeat(100))), Err(NAME_UNRESOLVABLE));
}

/// Functions of the host's have the host's runtime, or none, whatever the guest has;
/// and guests have theirs, whatever the host's can do.
#[test]
fn runtimes_of_the_host() {
    let alone = || {
        assert!(Handle::try_current().is_err());
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
    };
    let talk = |host: fn()| {
        let (port, serves) = echo();
        let mut guest = Guest::new(&allowing(port), host);
        let args = [Val::U16(port), Val::from("hello")];
        assert_eq!(guest.ask("ask", &args), Ok("you said hello".into()));
        serves.join().unwrap();
        guest.call("wait", &[Val::U64(1_000_000)]).unwrap();
        let mut names = Wasi::new();
        names.allow_name_lookup();
        Guest::new(&names, host).ask("resolve", &[Val::from("localhost")]).unwrap();
    };
    talk(alone);
    // One that has no sockets, and is busy.
    let bare = Builder::new_current_thread().build().unwrap();
    let within = || {
        assert_eq!(Handle::current().runtime_flavor(), tokio::runtime::RuntimeFlavor::CurrentThread)
    };
    bare.block_on(async { (0..200).for_each(|_| talk(within)) });
    let many = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let blocking = || tokio::task::block_in_place(|| Handle::current().block_on(async {}));
    let spawned = many.spawn(async move { talk(blocking) });
    many.block_on(spawned).unwrap();
}

/// A deadline ends waiting for who never comes.
#[test]
fn deadlines_end_waiting_for_connections() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let module = module(Config::new().epoch_interruption(true));
    let mut guest = Guest::of(&module, &allowing(port), nothing);
    let engine = module.engine().clone();
    guest.store.set_epoch_deadline(1);
    let clock = thread::spawn(move || {
        thread::sleep(Duration::from_millis(50));
        engine.increment_epoch();
    });
    let error = guest.call("serve", &[Val::U16(port)]).unwrap_err();
    assert_eq!(error.trap().unwrap().code(), Some(TrapCode::Interrupted), "{error}");
    clock.join().unwrap();
    assert_eq!(guest.call("wait", &[Val::U64(0)]).unwrap_err().kind(), ErrorKind::Poisoned);
}

/// Time that a guest was granted is there for all others of the store.
#[test]
fn deadlines_that_are_put_off() {
    let module = module(Config::new().epoch_interruption(true));
    for (name, arg) in [("wait", 300_000_000), ("spin", 1_000_000)] {
        let mut guest = Guest::of(&module, &Wasi::new(), nothing);
        let asked = Arc::new(AtomicU64::new(0));
        let count = asked.clone();
        let callback = move || {
            count.fetch_add(1, Ordering::Relaxed);
            NonZeroU64::new(1 << 40)
        };
        guest.store.set_epoch_callback(Some(Arc::new(callback))).unwrap();
        guest.store.set_epoch_deadline(1);
        let engine = module.engine().clone();
        let clock = match name {
            "wait" => thread::spawn(move || {
                thread::sleep(Duration::from_millis(50));
                engine.increment_epoch();
            }),
            _ => {
                engine.increment_epoch();
                thread::spawn(nothing)
            }
        };
        guest.call(name, &[Val::U64(arg)]).unwrap();
        clock.join().unwrap();
        // The next call, and core code of the host's store.
        guest.call("spin", &[Val::U64(10)]).unwrap();
        let text = br#"(module (func (export "f") (loop)))"#;
        let core = Module::new(guest.store.engine(), text).unwrap();
        let core = Instance::new(&mut guest.store, &core, &[]).unwrap();
        let func = core.func(&mut guest.store, "f").unwrap();
        func.call(&mut guest.store, &[], &mut []).unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), 1, "{name}");
    }
}
