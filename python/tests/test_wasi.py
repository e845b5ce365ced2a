"""What guests get of the system, and what they do not."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import witrt

COMMAND = """(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func (export "args") (result i32)
        (drop (call $args (i32.const 0) (i32.const 4))) (i32.load (i32.const 0)))
    (func (export "env") (result i32)
        (drop (call $env (i32.const 0) (i32.const 4))) (i32.load (i32.const 0)))
    (func (export "_start")
        (i32.store (i32.const 0) (i32.const 64))
        (i32.store (i32.const 4) (i32.const 32))
        (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (i32.store (i32.const 4) (i32.load (i32.const 8)))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
        (call $exit (i32.const 3))))"""


def test_nothing_without_wasi(text_module: Any) -> None:
    with pytest.raises(witrt.LinkError, match="fd_write"):
        text_module(COMMAND)


@pytest.mark.parametrize("given", [b"hello", io.BytesIO(b"hello"), lambda size: b""], ids=["bytes", "file", "callable"])
def test_streams(text_module: Any, given: Any) -> None:
    out, err = io.BytesIO(), []
    wasi = witrt.Wasi(stdin=given, stdout=out, stderr=err.append)
    instance = text_module(COMMAND, wasi=wasi)
    assert instance.run_command() == 3
    expected = b"" if callable(given) else b"hello"
    assert out.getvalue() == expected and b"".join(err) == expected


def test_arguments_and_environment(text_module: Any) -> None:
    wasi = witrt.Wasi(args=["program", "é"], env={"A": "1", "B": "2", "C": "3"})
    instance = text_module(COMMAND, wasi=wasi)
    assert instance.args() == 2 and instance.env() == 3
    assert text_module(COMMAND, wasi=witrt.Wasi()).env() == 0
    with pytest.raises(witrt.TextError):
        text_module(COMMAND, wasi=witrt.Wasi(args=["a\0b"]))


def test_an_exit_is_a_trap_with_a_status(text_module: Any) -> None:
    instance = text_module(COMMAND, wasi=witrt.Wasi())
    with pytest.raises(witrt.Trap) as caught:
        instance._start()
    assert caught.value.exit_status == 3 and caught.value.code == 15


def test_a_failing_stream(text_module: Any) -> None:
    def write(data: bytes) -> None:
        raise RuntimeError("full")

    # The guest sees that its write has failed, and goes on.
    assert text_module(COMMAND, wasi=witrt.Wasi(stdin=b"x", stdout=write)).run_command() == 3


def test_folders(text_module: Any, tmp_path: Path) -> None:
    assert text_module(COMMAND, wasi=witrt.Wasi(folders={"/data": tmp_path})).run_command() == 3
    assert text_module(COMMAND, wasi=witrt.Wasi(folders={"/data": (tmp_path, "rw")})).run_command() == 3
    with pytest.raises(witrt.FileError):
        text_module(COMMAND, wasi=witrt.Wasi(folders={"/data": tmp_path / "none"}))
    with pytest.raises(ValueError, match="'r' or 'rw'"):
        text_module(COMMAND, wasi=witrt.Wasi(folders={"/data": (tmp_path, "w")}))
    with pytest.raises(witrt.RangeError):
        text_module(COMMAND, wasi=witrt.Wasi(network=["nowhere"]))
    everything = witrt.Wasi(
        network=True, name_lookup=True, fixed_clocks=(0, 1), random_seed=7, max_handles=16
    )
    assert text_module(COMMAND, wasi=everything).run_command() == 3
