//! What distances add to energies, from the twin's buckets: distances that share one follow each other,
//! so each bucket becomes a run with the distance that it begins at.
//!
//! ```text
//! distance  … −8 −7 −6 −5 │ −4 −3 │ −2 │ −1 │ 0 │ …     bucket  3, 2, 1 … each side of nought
//! ```
//! Softmax does not see what all energies of a head share: the middle of its numbers is taken away, so
//! that they are as small as can be. What is beyond 128 octaves even then counts as that.

use super::section::{Entry, Part, table};
use regard::format::emit::Content;
use regard::format::limits::MAX_LEN;
use regard::number::ENERGY_FRACTION;
use twin::transformer::RelativeBias;

/// Farther than any two places are apart.
const BEYOND: i32 = 2 * MAX_LEN as i32;

pub(super) fn of(bias: Option<&RelativeBias>) -> Part {
    let Some(bias) = bias else { return table(Content::default()) };
    let runs = runs(bias);
    let (mut starts, mut energies) = (Vec::new(), Vec::new());
    let mut largest_error = 0f64;
    for place in 0..bias.relative.buckets {
        starts.push(runs.get(place).map_or(BEYOND, |run| run.0));
    }
    let unit = f64::from(ENERGY_FRACTION).exp2() * std::f64::consts::LOG2_E;
    for head in 0..bias.weight.ncols() {
        let number = |bucket: usize| f64::from(bias.weight[[bucket, head]]);
        let all = runs.iter().map(|run| number(run.1));
        let (least, most) =
            all.fold((f64::MAX, f64::MIN), |(least, most), x| (least.min(x), most.max(x)));
        let middle = (least + most) / 2.0;
        for place in 0..bias.relative.buckets {
            let exact = runs.get(place).map_or(0.0, |run| number(run.1) - middle);
            let energy = (exact * unit).round().clamp(-32_767.0, 32_767.0);
            largest_error = largest_error.max((exact - energy / unit).abs());
            energies.push(energy as i16);
        }
    }
    Part::Made(Entry::plain(Content::distances(&starts, &energies), Some(largest_error)))
}

/// Where each run begins, and its bucket, in the order of distances.
fn runs(bias: &RelativeBias) -> Vec<(i32, usize)> {
    let mut runs: Vec<(i32, usize)> = Vec::new();
    let last = if bias.both { BEYOND - 1 } else { 0 };
    for distance in -BEYOND..=last {
        let bucket = bias.relative.bucket(distance.into(), bias.both);
        if runs.last().is_none_or(|run| run.1 != bucket) {
            runs.push((distance, bucket));
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::{BEYOND, runs};
    use ndarray::ArcArray2;
    use twin::transformer::{Relative, RelativeBias};

    fn bias(buckets: usize, distance: usize, both: bool) -> RelativeBias {
        let weight = ArcArray2::zeros((buckets, 1));
        RelativeBias { weight, relative: Relative { buckets, distance }, both }
    }

    #[test]
    fn the_run_of_a_distance_has_its_bucket_and_no_bucket_has_two() {
        for (buckets, distance) in [(4, 3), (8, 12), (32, 128), (64, 100), (256, 1000)] {
            for both in [false, true] {
                let bias = bias(buckets, distance, both);
                let runs = runs(&bias);
                assert!(runs.len() <= buckets, "{} runs of {buckets} buckets", runs.len());
                assert_eq!(runs[0].0, -BEYOND);
                for distance in (1 - BEYOND / 2)..(if both { BEYOND / 2 } else { 1 }) {
                    let run = runs.iter().rfind(|run| run.0 <= distance).unwrap();
                    assert_eq!(run.1, bias.relative.bucket(distance.into(), both), "{distance}");
                }
            }
        }
    }

    #[test]
    fn runs_of_t5_begin_where_its_paper_says() {
        let starts: Vec<i32> = runs(&bias(32, 128, true)).iter().map(|run| run.0).collect();
        let far = [-2048, -90, -63, -45, -31, -22, -15, -11];
        assert_eq!(starts[..8], far);
        assert_eq!(starts[8..24], (-7..=8).collect::<Vec<_>>());
        assert_eq!(starts[24..], [12, 16, 23, 32, 46, 64, 91]);
    }
}
