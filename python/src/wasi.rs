//! What guests get of the system, out of a `witrt.Wasi`.
//!
//! Not here: what becomes of it.

use crate::error::exception;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use std::io;
use std::path::PathBuf;
use witrt::{Access, Wasi};

/// What a `witrt.Wasi` says.
pub fn config(given: &Bound<'_, PyAny>) -> PyResult<Wasi> {
    let py = given.py();
    let raise = |error: witrt::Error| exception(py, &error);
    let mut wasi = Wasi::new();
    let args = given.getattr("args")?;
    match is_inherit(&args) {
        true => drop(wasi.inherit_args()),
        false => {
            for arg in args.try_iter()? {
                wasi.arg(arg?.extract::<String>()?).map_err(raise)?;
            }
        }
    }
    let env = given.getattr("env")?;
    match is_inherit(&env) {
        true => drop(wasi.inherit_env()),
        false => {
            for (name, value) in env.cast::<PyDict>()? {
                wasi.env(name.extract::<String>()?, value.extract::<String>()?).map_err(raise)?;
            }
        }
    }
    let stdin = given.getattr("stdin")?;
    if is_inherit(&stdin) {
        wasi.inherit_stdin();
    } else if let Ok(bytes) = stdin.cast::<PyBytes>() {
        wasi.stdin_bytes(bytes.as_bytes());
    } else if !stdin.is_none() {
        let read = method(&stdin, "read")?;
        wasi.stdin(move |room| {
            Python::attach(|py| {
                let given = read.call1(py, (room.len(),)).map_err(failed)?;
                let given = given.extract::<Vec<u8>>(py).map_err(failed)?;
                let some = given.get(..given.len().min(room.len())).unwrap_or_default();
                room[..some.len()].copy_from_slice(some);
                Ok(some.len())
            })
        });
    }
    for (name, is_error) in [("stdout", false), ("stderr", true)] {
        let output = given.getattr(name)?;
        if output.is_none() {
            continue;
        }
        if is_inherit(&output) {
            match is_error {
                true => drop(wasi.inherit_stderr()),
                false => drop(wasi.inherit_stdout()),
            }
            continue;
        }
        let write = method(&output, "write")?;
        let write = move |bytes: &[u8]| {
            Python::attach(|py| {
                write.call1(py, (PyBytes::new(py, bytes),)).map(drop).map_err(failed)
            })
        };
        match is_error {
            true => drop(wasi.stderr(write)),
            false => drop(wasi.stdout(write)),
        }
    }
    for folder in given.call_method0("_folders")?.try_iter()? {
        let (guest, host, writable) = folder?.extract::<(String, PathBuf, bool)>()?;
        let access = if writable { Access::ReadWrite } else { Access::Read };
        wasi.preopen_dir(host, guest, access).map_err(raise)?;
    }
    let network = given.getattr("network")?;
    if let Ok(all) = network.extract::<bool>() {
        if all {
            wasi.allow_network();
        }
    } else {
        for address in network.try_iter()? {
            wasi.allow_address(&address?.extract::<String>()?).map_err(raise)?;
        }
    }
    if given.getattr("name_lookup")?.extract()? {
        wasi.allow_name_lookup();
    }
    if let Some((start, step)) = given.getattr("fixed_clocks")?.extract()? {
        wasi.fixed_clocks(start, step);
    }
    if let Some(seed) = given.getattr("random_seed")?.extract()? {
        wasi.random_seed(seed);
    }
    if let Some(handles) = given.getattr("max_handles")?.extract()? {
        wasi.max_handles(handles);
    }
    Ok(wasi)
}

fn is_inherit(given: &Bound<'_, PyAny>) -> bool {
    given.cast::<PyString>().is_ok_and(|text| text == "inherit")
}

/// What a stream is read or written with: a method of this name, or it is a callable
/// itself.
fn method(given: &Bound<'_, PyAny>, name: &str) -> PyResult<Py<PyAny>> {
    Ok(given.getattr_opt(name)?.unwrap_or_else(|| given.clone()).unbind())
}

fn failed(error: PyErr) -> io::Error {
    io::Error::other(error)
}
