//! Kernels: the selected ones beside `portable`, by shape.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use regard::kernel::{self, NAME, Rows, bare_words, portable};
use std::hint::black_box;

/// Columns and rows: those of `cargo xtask bench`, of eng-fra, and an odd one.
const SHAPES: [[usize; 2]; 7] =
    [[64, 64], [128, 128], [512, 128], [67, 33], [96, 288], [96, 256], [256, 96]];

/// Positions and numbers of a head of eng-fra.
const HEADS: [[usize; 2]; 2] = [[24, 48], [48, 24]];

fn one_vector(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("matvec");
    for [columns, rows] in SHAPES {
        let words = arbitrary(Rows::words_needed(rows, columns), columns);
        let matrix = Rows::new(&words, rows, columns).expect("exactly its words");
        let (x, mut out) = (vector(columns), vec![0; rows]);
        group.throughput(Throughput::Elements((rows * columns) as u64));
        let shape = format!("{columns}x{rows}");
        group.bench_function(BenchmarkId::new("portable", &shape), |bench| {
            bench.iter(|| portable::matvec(black_box(&matrix), black_box(&x), 7, &mut out));
        });
        group.bench_function(BenchmarkId::new(NAME, &shape), |bench| {
            bench.iter(|| kernel::matvec(black_box(&matrix), black_box(&x), 7, &mut out));
        });
    }
}

fn two_vectors(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("matvec_pair");
    for [columns, rows] in SHAPES {
        let words = arbitrary(Rows::words_needed(rows, columns), columns);
        let matrix = Rows::new(&words, rows, columns).expect("exactly its words");
        let x: Vec<[u32; 2]> = vector(4 * columns.div_ceil(4))
            .as_chunks()
            .0
            .iter()
            .map(|&[a, b]| [u32::from(a as u16) | u32::from(b as u16) << 16; 2])
            .collect();
        let (mut first, mut second) = (vec![0; rows], vec![0; rows]);
        group.throughput(Throughput::Elements((2 * rows * columns) as u64));
        let shape = format!("{columns}x{rows}");
        group.bench_function(BenchmarkId::new("portable", &shape), |bench| {
            bench.iter(|| {
                let out = [&mut first[..], &mut second[..]];
                portable::matvec_pair(black_box(&matrix), black_box(&x), [7, 8], out);
            });
        });
        group.bench_function(BenchmarkId::new(NAME, &shape), |bench| {
            bench.iter(|| {
                let out = [&mut first[..], &mut second[..]];
                kernel::matvec_pair(black_box(&matrix), black_box(&x), [7, 8], out);
            });
        });
    }
}

fn attention(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dots");
    for [columns, rows] in HEADS {
        let words = arbitrary(bare_words(rows, columns), columns);
        let (x, mut out) = (vector(columns), vec![0; rows]);
        let x = x.as_chunks().0;
        group.throughput(Throughput::Elements((rows * columns) as u64));
        let shape = format!("{columns}x{rows}");
        group.bench_function(BenchmarkId::new("portable", &shape), |bench| {
            bench.iter(|| portable::dots(black_box(&words), columns, black_box(x), &mut out));
        });
        group.bench_function(BenchmarkId::new(NAME, &shape), |bench| {
            bench.iter(|| kernel::dots(black_box(&words), columns, black_box(x), &mut out));
        });
    }
}

/// What is done to each number between two matrices.
fn vectors(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("vectors");
    let n = 96;
    group.throughput(Throughput::Elements(n as u64));
    let short = vector(n);
    let wide: Vec<i32> = short.iter().map(|&x| i32::from(x) << 14).collect();
    let (mut narrow, mut sum) = (vec![0; n], wide.clone());
    let gammas: Vec<u32> = short.iter().map(|&x| (i32::from(x) << 16) as u32).collect();
    let norm = kernel::Norm { factor: 96, offset: 1000, root: 23_170 << 16, beta_shift: 9 };
    macro_rules! both {
        ($name:literal, $function:ident($($argument:expr),*)) => {
            group.bench_function(BenchmarkId::new("portable", $name), |bench| {
                bench.iter(|| portable::$function($($argument),*));
            });
            group.bench_function(BenchmarkId::new(NAME, $name), |bench| {
                bench.iter(|| kernel::$function($($argument),*));
            });
        };
    }
    both!("magnitude", magnitude(black_box(&wide)));
    both!("narrow", narrow(black_box(&wide), 9, 127, &mut narrow));
    both!("add_scaled", add_scaled(&mut sum, 1, black_box(&short), 512));
    both!("moments", moments(black_box(&short)));
    both!("norm", norm(norm, black_box(&short), &gammas, &gammas, &mut sum));
}

/// Arbitrary weights, with multipliers of 15 bits where a block ends.
fn arbitrary(words: usize, columns: usize) -> Vec<u32> {
    let block = Rows::words_needed(1, columns);
    let mut random = 1u32;
    (0..words)
        .map(|at| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if at % block < block - 4 { random } else { random >> 17 << 16 }
        })
        .collect()
}

fn vector(length: usize) -> Vec<i16> {
    (0..length).map(|at| (at * at * 37 % 991) as i16 - 495).collect()
}

criterion_group!(benches, one_vector, two_vectors, attention, vectors);
criterion_main!(benches);
