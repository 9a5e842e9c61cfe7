//! Chooses the kernels of a build: `cfg(regard_kernel = "…")`, by the target and the feature of a core.
//! `REGARD_KERNEL=portable` in the environment forces the fallback (CI uses it, so that it really runs).

use std::env;

/// Names of kernel sets, the files and folders of `src/kernel`: the first whose condition holds is chosen.
const KERNELS: &[(&str, Fits)] = &[
    ("mve", |b| b.is_for("thumbv8m.main") && b.has("CORTEX_M55")),
    ("m7", |b| b.is_for("thumbv7em") && b.has("CORTEX_M7")),
    ("dsp", |b| b.is_for("thumbv7em") || b.is_for("thumbv8m.main") && b.has("CORTEX_M33")),
    ("armv7m", |b| b.is_for("thumbv7m") || b.is_for("thumbv8m.main")),
    ("armv6m", |b| b.is_for("thumbv6m")),
    ("rv32im", |b| b.is_for("riscv32im")),
    ("wasm32", |b| b.is_for("wasm32") && (b.has("WASM_SIMD128") || b.has_instructions("simd128"))),
    // Not kernels of operating systems, which leave the wide registers to others; nor Miri.
    ("x86_64", |b| b.is_for("x86_64") && b.has_instructions("sse2") && !b.is_interpreted()),
    ("portable", |_| true),
];

/// Whether a build can use a kernel set.
type Fits = fn(&Build) -> bool;

struct Build {
    target: String,
}

impl Build {
    fn is_for(&self, target: &str) -> bool {
        self.target.starts_with(target)
    }

    fn has(&self, feature: &str) -> bool {
        env::var_os(format!("CARGO_FEATURE_{feature}")).is_some()
    }

    /// Whether every processor of the target has them.
    fn has_instructions(&self, name: &str) -> bool {
        let all = env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
        all.split(',').any(|feature| feature == name)
    }

    fn is_interpreted(&self) -> bool {
        env::var_os("CARGO_CFG_MIRI").is_some()
    }
}

fn main() {
    let names: Vec<_> = KERNELS.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let names = names.join(", ");
    println!("cargo::rustc-check-cfg=cfg(regard_kernel, values({names}))");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=REGARD_KERNEL");
    let build = Build { target: env::var("TARGET").unwrap_or_default() };
    let wanted = env::var("REGARD_KERNEL").unwrap_or_default();
    let chosen = match wanted.as_str() {
        "" => KERNELS.iter().find(|(_, fits)| fits(&build)).map_or("portable", |&(name, _)| name),
        "portable" => "portable",
        other => panic!("REGARD_KERNEL={other}: only `portable` is known"),
    };
    println!("cargo::rustc-cfg=regard_kernel=\"{chosen}\"");
    println!("cargo::rustc-env=REGARD_KERNEL_NAME={chosen}");
}
