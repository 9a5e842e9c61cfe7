//! Chooses the kernels: by target, by the feature of a core, or `portable` when
//! `REGARD_KERNEL=portable` stands in the environment (CI uses it, so that fallbacks really run).

use std::env;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(regard_dsp)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=REGARD_KERNEL");
    let target = env::var("TARGET").unwrap_or_default();
    let cortex_m33 = env::var_os("CARGO_FEATURE_CORTEX_M33").is_some();
    let dsp =
        target.starts_with("thumbv7em") || (target.starts_with("thumbv8m.main") && cortex_m33);
    match env::var("REGARD_KERNEL").as_deref() {
        Ok("portable") => {}
        Ok(other) if !other.is_empty() => panic!("REGARD_KERNEL={other}: only `portable` is known"),
        _ if dsp => println!("cargo::rustc-cfg=regard_dsp"),
        _ => {}
    }
}
