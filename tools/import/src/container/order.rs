//! Numbers in the order in which PyTorch has them.

/// The order of a tensor in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// As PyTorch has it.
    Given,
    /// Columns for rows.
    Transposed,
    /// Gates, each a block of rows: the places in the file of those that PyTorch has, in its order.
    Gates(&'static [usize]),
}

impl Order {
    /// The same numbers as a tensor of this shape.
    pub(crate) fn given(self, values: Vec<f32>, shape: &[usize]) -> Vec<f32> {
        match (self, shape) {
            (Self::Transposed, &[rows, columns]) if rows * columns == values.len() => {
                (0..rows * columns).map(|i| values[i % columns * rows + i / columns]).collect()
            }
            (Self::Gates(places), _) => {
                let block = values.len() / places.len().max(1);
                let gate = |&place: &usize| values.iter().skip(place * block).take(block);
                places.iter().flat_map(gate).copied().collect()
            }
            _ => values,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Order;

    #[test]
    fn rows_become_columns_and_gates_change_places() {
        let values = || vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
        assert_eq!(Order::Transposed.given(values(), &[2, 3]), [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]);
        assert_eq!(Order::Gates(&[1, 0, 2]).given(values(), &[6]), [2.0, 3.0, 0.0, 1.0, 4.0, 5.0]);
    }
}
