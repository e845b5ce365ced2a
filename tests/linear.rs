//! What a small file asks for is in proportion to its size: twice the module,
//! twice the memory, also where its types are large.
//!
//! Where the adapters of a module are compiled, and where imports are exported
//! again, the steps are counted (`src/codegen.rs`, `analysis_is_linear`;
//! `src/runtime/instance.rs`, `exporting_again_is_linear`).

mod c;

use c::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use witrt::capi::importtype::*;
use witrt::{Engine, ErrorKind, Linker, Module};

/// Counts the bytes that each thread allocates.
struct Counting;

thread_local! {
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that ends has no counter any more.
        let _ = BYTES.try_with(|bytes| bytes.set(bytes.get() + layout.size()));
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocated(what: impl FnOnce()) -> usize {
    let before = BYTES.get();
    what();
    BYTES.get() - before
}

/// The most values that a type can have: they are a thousandfold of what an
/// import or export takes in the file.
const VALUES: usize = 998;

fn imports(count: usize) -> String {
    let params = "(param s32) ".repeat(VALUES);
    let import = |i| format!("(@interface func (import \"m\" \"{i}\") (type $t))\n");
    let imports: String = (0..count).map(import).collect();
    format!("(module (@interface type $t (func {params}))\n{imports})")
}

fn exports(count: usize) -> String {
    let params = "(param s32) ".repeat(VALUES);
    let export = |i| format!("(@interface export \"{i}\" (func $f))\n");
    let exports: String = (0..count).map(export).collect();
    format!("(module (@interface func $f {params})\n{exports})")
}

#[test]
fn lists_of_imports_and_exports() {
    let store = store();
    let listed = |text: String, exports: bool| {
        let module = module(&store, &text);
        allocated(|| unsafe {
            if exports {
                let mut list = MaybeUninit::uninit();
                wasm_module_exports(Some(&module), list.as_mut_ptr());
                wasm_exporttype_vec_delete(list.as_mut_ptr());
            } else {
                let mut list = MaybeUninit::uninit();
                wasm_module_imports(Some(&module), list.as_mut_ptr());
                wasm_importtype_vec_delete(list.as_mut_ptr());
            }
        })
    };
    for (what, make) in [("imports", imports as fn(usize) -> String), ("exports", exports)] {
        let of = |count| listed(make(count), what == "exports");
        let (once, twice) = (of(200), of(400));
        assert!(once > 200 * 8, "{what}: it counts, {once}");
        assert!(twice < 400 * 400, "{what}: {twice} bytes for 400");
        assert!(twice < 2 * once + once / 4, "{what}: {once}, {twice}");
    }
}

/// Who asks for the parameters gets them; copies share them.
#[test]
fn lists_of_parameters() {
    let store = store();
    let module = module(&store, &exports(1));
    unsafe {
        let mut list = MaybeUninit::<wasm_exporttype_vec_t>::uninit();
        wasm_module_exports(Some(&module), list.as_mut_ptr());
        let mut list = list.assume_init();
        let ty = wasm_exporttype_type(list.data.read().as_ref());
        let func = wasm_externtype_as_functype_const(from_ref(ty.unwrap())).as_ref();
        let params = wasm_functype_params(func);
        let copy = wasm_functype_copy(func);
        assert_eq!(params, wasm_functype_params(copy.as_deref()));
        wasm_exporttype_vec_delete(&mut list);
        let params = &*params;
        assert_eq!(params.size, VALUES);
        for at in [0, VALUES - 1] {
            assert_eq!(wasm_valtype_kind(params.data.add(at).read().as_ref()), 20);
        }
        assert_eq!((*wasm_functype_results(copy.as_deref())).size, 0);
    }
}

#[test]
fn message_of_missing_imports() {
    let engine = Engine::default();
    let module = Module::new(&engine, imports(900).as_bytes()).unwrap();
    let error = Linker::new().resolve(&module).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingImport);
    let message = error.message();
    assert!(message.starts_with("missing imports: \"m\" \"0\" func (s32, s32"), "{message}");
    assert!(message.ends_with("…; and 895 more"), "{message}");
    assert!(message.len() < 3_000, "{}", message.len());
}

/// Faces with many functions, whose names are not those of the core's: each is found
/// without a look at all others.
#[cfg(feature = "attach")]
#[test]
fn faces() {
    let bytes = |count: usize| {
        let [mut core, mut wit, mut imports, mut tables] = [(); 4].map(|()| String::new());
        for i in 0..count {
            core += &format!("(import \"Env\" \"hostFunc{i}\" (func (param i32)))");
        }
        core += "(memory 1)";
        for i in 0..count {
            core += &format!("(func (export \"guestFunc{i}\") (param i32))");
            wit += &format!("guest-func{i}: func(a: s32);\n");
            imports += &format!("host-func{i}: func(a: s32);\n");
            tables += &format!("[export.guest-func{i}]\nencoding = 'utf8'\n");
        }
        let types = format!("wit = '''\n{wit}'''\nimports = '''\n{imports}'''");
        let face = format!("convention = 'c'\n{types}\n{tables}");
        let core = format!("(module {core})");
        allocated(|| drop(witrt::tools::attach(core.as_bytes(), &face).unwrap()))
    };
    let (few, many) = (bytes(500), bytes(4_000));
    assert!(many < 12 * few, "{few} {many}");
}
