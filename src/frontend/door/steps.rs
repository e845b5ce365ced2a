//! The steps of a call, as code of a door's core module.
//!
//! What the guest says is a claim here too: room that its allocator gives, and where
//! the text is that it returns, are looked at before anything is copied.
//!
//! Not here: how they are reached.

use super::calls::{BOTH, Group, Kind, Step, Steps, THE_FRAME, at, number};
use crate::abi::door::*;
use wasm_encoder::{BlockType, Instruction as I, MemArg, ValType};

/// The steps of a group, with what they copy in and out.
pub(super) fn steps(group: &Group, copy: (u32, u32), whole: bool) -> Steps {
    let of = Calls { group, copy };
    let takes = group.how.params.contains(&Kind::Text);
    let (both, mut run) = (takes && whole, Vec::new());
    if both {
        run.extend([I::LocalGet(WHICH), I::I32Const(0), I::I32LtS, I::If(BlockType::Empty)]);
        run.extend(of.prepare());
        run.extend([I::LocalGet(WHICH), I::I32Const(!BOTH), I::I32And, I::LocalSet(WHICH)]);
        run.push(I::End);
    }
    run.extend(of.run(whole));
    let words = of.words().map(|(_, kind)| load_type(kind));
    let locals = [ValType::I32; 4].into_iter().chain(words).collect::<Vec<_>>();
    let step = |mut code: Vec<I<'static>>| {
        code.push(I::I32Const(DONE));
        Step { locals: locals.clone(), code }
    };
    let pay = group.how.pays.then(|| step(of.pay()));
    let prepare = (takes && !whole).then(|| step(of.prepare()));
    Steps { run: step(run), pay, prepare, both }
}

/// Loads a core value; of a text, its address.
fn load(kind: Kind, from: MemArg) -> I<'static> {
    match kind {
        Kind::I64 => I::I64Load(from),
        Kind::F32 => I::F32Load(from),
        Kind::F64 => I::F64Load(from),
        Kind::I32 | Kind::Text => I::I32Load(from),
    }
}

/// The type of what that loads.
fn load_type(kind: Kind) -> ValType {
    kind.core().first().and_then(number).unwrap_or(ValType::I32)
}

/// The calls of a group.
struct Calls<'a> {
    group: &'a Group,
    copy: (u32, u32),
}

/// Which function of its group a step is for; and its locals: where its result is, and
/// where text is; and from there on its words.
const WHICH: u32 = 0;
const RESULT_AT: u32 = 1;
const TEXT_AT: u32 = 2;
const LEN: u32 = 3;
const ROOM: u32 = 4;
const FIRST_WORD: u32 = 5;

impl Calls<'_> {
    /// Calls the function of these that is asked for, all of which take these arguments.
    fn call(&self, out: &mut Vec<I<'static>>, funcs: &[u32], args: &[I<'static>], back: BlockType) {
        let mut others = funcs.to_vec();
        others.dedup();
        if let [func] = others[..] {
            out.extend_from_slice(args);
            return out.push(I::Call(func));
        }
        out.push(I::Block(back));
        out.extend(std::iter::repeat_n(I::Block(BlockType::Empty), funcs.len()));
        let targets = (0..funcs.len() as u32 - 1).collect::<Vec<_>>();
        out.extend([I::LocalGet(WHICH), I::BrTable(targets.into(), funcs.len() as u32 - 1)]);
        for (func, outer) in funcs.iter().zip((0..funcs.len() as u32).rev()) {
            out.push(I::End);
            out.extend_from_slice(args);
            out.extend([I::Call(*func), I::Br(outer)]);
        }
        // The last branch ends the block as well.
        out.pop();
        out.push(I::End);
    }

    /// The guest is told of its result again.
    fn pay(&self) -> Vec<I<'static>> {
        let (mut out, mut args) = (Vec::new(), Vec::new());
        if let Some(kind) = self.group.how.result {
            args.extend([I::I32Const(0), load(kind, at(RESULT, THE_FRAME))]);
        }
        self.call(&mut out, &self.group.post_returns, &args, BlockType::Empty);
        out
    }

    /// The guest is called where it may call nobody.
    fn inside(
        &self,
        out: &mut Vec<I<'static>>,
        why: i32,
        funcs: &[u32],
        args: &[I<'static>],
        back: BlockType,
    ) {
        let tell = |on| [I::I32Const(0), I::I32Const(on), I::I32Store(at(INSIDE, THE_FRAME))];
        out.extend(tell(why));
        self.call(out, funcs, args, back);
        out.extend(tell(0));
    }

    /// The core values of the arguments.
    fn words(&self) -> impl Iterator<Item = (usize, Kind)> {
        let words = self.group.how.params.iter().flat_map(|kind| kind.core());
        words.filter_map(|ty| Kind::of_core(*ty)).enumerate()
    }

    fn word(&self, nth: usize) -> MemArg {
        at(WORDS + 8 * nth as u64, THE_FRAME)
    }

    /// Each text of the arguments goes into room that the guest gives, and where that is
    /// into the frame.
    fn prepare(&self) -> Vec<I<'static>> {
        let (mut out, mut nth) = (Vec::new(), 0);
        let how = &self.group.how;
        for param in &how.params {
            if let (Kind::Text, Some(allocator), Some(memory)) = (param, how.allocator, how.memory)
            {
                out.extend([I::I32Const(0), I::I32Load(self.word(nth + 1)), I::LocalSet(LEN)]);
                let args = [I::I32Const(0), I::I32Const(0), I::I32Const(1), I::LocalGet(LEN)];
                let back = BlockType::Result(ValType::I32);
                self.inside(&mut out, ALLOCATES, &[allocator], &args, back);
                out.push(I::LocalSet(ROOM));
                self.unless_within(&mut out, memory, ROOM, &[I::LocalGet(LEN)], BEYOND);
                out.extend([I::LocalGet(ROOM), I::I32Const(0), I::I32Load(self.word(nth))]);
                out.extend([I::LocalGet(LEN), I::Call(self.copy.0)]);
                out.extend([I::I32Const(0), I::LocalGet(ROOM), I::I32Store(self.word(nth))]);
            }
            nth += param.words();
        }
        out
    }

    /// Where not so many bytes are in memory from there on, that is the outcome.
    fn unless_within(
        &self,
        out: &mut Vec<I<'static>>,
        memory: u32,
        start: u32,
        len: &[I<'static>],
        status: i32,
    ) {
        out.extend([I::LocalGet(start), I::I64ExtendI32U]);
        out.extend_from_slice(len);
        out.extend([I::I64ExtendI32U, I::I64Add]);
        out.extend([I::MemorySize(memory), I::I64ExtendI32U, I::I64Const(16), I::I64Shl]);
        out.extend([I::I64GtU, I::If(BlockType::Empty)]);
        out.extend([I::I32Const(status), I::Return, I::End]);
    }

    fn run(&self, whole: bool) -> Vec<I<'static>> {
        let (mut out, mut args) = (Vec::new(), Vec::new());
        for ((nth, kind), local) in self.words().zip(FIRST_WORD..) {
            out.extend([I::I32Const(0), load(kind, self.word(nth)), I::LocalSet(local)]);
            args.push(I::LocalGet(local));
        }
        let result = self.group.how.result;
        // A result that is stored is so behind its address.
        if matches!(result, Some(kind) if kind != Kind::Text) {
            out.push(I::I32Const(0));
        }
        let back = result.map_or(BlockType::Empty, |kind| BlockType::Result(load_type(kind)));
        self.call(&mut out, &self.group.targets, &args, back);
        let at = at(RESULT, THE_FRAME);
        match result {
            None => {}
            Some(Kind::I32) => out.push(I::I32Store(at)),
            Some(Kind::I64) => out.push(I::I64Store(at)),
            Some(Kind::F32) => out.push(I::F32Store(at)),
            Some(Kind::F64) => out.push(I::F64Store(at)),
            Some(Kind::Text) => self.text(&mut out, whole),
        }
        out
    }

    /// Text that was returned, where it is on top of the stack.
    fn text(&self, out: &mut Vec<I<'static>>, whole: bool) {
        let Some(memory) = self.group.how.memory else { return };
        let told = [I::If(BlockType::Empty), I::I32Const(TOLD), I::Return, I::End];
        out.extend([I::LocalSet(RESULT_AT), I::I32Const(0), I::LocalGet(RESULT_AT)]);
        out.push(I::I32Store(at(RESULT, THE_FRAME)));
        // The host says what is wrong.
        out.extend([I::LocalGet(RESULT_AT), I::I32Const(3), I::I32And]);
        out.extend(told.clone());
        self.unless_within(out, memory, RESULT_AT, &[I::I32Const(8)], TOLD);
        out.extend([I::LocalGet(RESULT_AT), I::I32Load(at(0, memory)), I::LocalSet(TEXT_AT)]);
        out.extend([I::LocalGet(RESULT_AT), I::I32Load(at(4, memory)), I::LocalTee(LEN)]);
        out.extend([I::I32Const(MOST_RETURNED as i32), I::I32GtU]);
        out.extend(told.clone());
        self.unless_within(out, memory, TEXT_AT, &[I::LocalGet(LEN)], TOLD);
        out.extend([I::LocalGet(TEXT_AT), I::LocalGet(LEN), I::Call(self.copy.1), I::I32Eqz]);
        out.extend(told);
        out.extend([I::I32Const(0), I::LocalGet(LEN), I::I32Store(at(RETURNED + 4, THE_FRAME))]);
        if whole && self.group.how.pays {
            let args = [I::LocalGet(RESULT_AT)];
            self.inside(out, ENDS, &self.group.post_returns, &args, BlockType::Empty);
        }
    }
}
