//! Functions of components by both ways: by the door that is appended to a component,
//! and by the engine's own, which is what the reference back end takes. Results, what is
//! told of traps, the order of calls and the guest's memory are the same.
#![cfg(feature = "component")]

mod built;
mod ends;
#[path = "../../fuzz/src/lib.rs"]
#[allow(dead_code)]
mod generate;
mod plain;
mod resources;
mod twins;
mod values;
mod whole;

/// Components and calls made of random bytes, the same on every run; `WITRT_ROUNDS` makes
/// more of them.
#[test]
fn random_components() {
    let rounds = std::env::var("WITRT_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(200);
    let first = std::env::var("WITRT_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    for seed in first..first + rounds {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed + 1);
        let mut data = vec![0; 160];
        for byte in &mut data {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *byte = (state >> 32) as u8;
        }
        let compared = std::panic::catch_unwind(|| generate::doors::play(&data));
        assert!(compared.is_ok(), "seed {seed}");
    }
}
