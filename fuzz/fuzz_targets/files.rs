//! Any file that may be a component: the same verdict and the same behaviour everywhere.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| witrt_fuzz::files::play(data));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    witrt_fuzz::sections::mutate(data, size, max_size, seed, libfuzzer_sys::fuzzer_mutate)
});
