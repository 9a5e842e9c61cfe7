//! What a checkpoint of the chatbot tutorial says beside its weights.

mod bed;

use bed::{Folder, golden, refused};
use import::Request;
use twin::DecoderKind;
use twin::recurrent::{EnergyKind, StartKind};

#[test]
fn words_come_from_the_checkpoint_unless_a_list_is_given() {
    let path = golden("torch/chatbot-trained/model.pt");
    let import = import::open(&path, &Request::default()).unwrap();
    let words = ["PAD", "SOS", "EOS", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    assert_eq!(import.description.target.words, words);
    assert_eq!(import.description.source.unwrap().words, words);
    let [remark] = &import.remarks[..] else { panic!("{:?}", import.remarks) };
    assert!(remark.contains("is taken to be the chatbot tutorial's"), "{remark}");
    let folder = Folder::new();
    let letters: String = ["P", "S", "E"].iter().map(|mark| format!("{mark}\n")).collect();
    let letters = letters + &"abcdefghij".chars().map(|c| format!("{c}\n")).collect::<String>();
    let list = folder.file("words.txt", letters.as_bytes());
    let request = Request { source_words: Some(list), ..Request::default() };
    let import = import::open(&path, &request).unwrap();
    assert_eq!(import.description.target.words[3..5], ["a", "b"]);
    let short = folder.file("words.txt", b"P\nS\nE\n");
    let request = Request { source_words: Some(short), ..Request::default() };
    assert!(refused(&path, &request).contains("has 3 words, but the source needs 13"));
}

#[test]
fn a_stack_scores_by_a_matrix_and_one_layer_by_the_sum() {
    let energy = |name: &str| {
        let path = golden(&format!("torch/chatbot-{name}/model.pt"));
        let description = import::open(&path, &Request::default()).unwrap().description;
        let DecoderKind::Recurrent(decoder) = description.decoder else { panic!("{name}") };
        assert_eq!(decoder.start, StartKind::Cells);
        decoder.attention.unwrap().energy
    };
    assert_eq!(energy("dot-1-layer"), EnergyKind::Dot);
    assert_eq!(energy("dot"), EnergyKind::General);
    assert_eq!(energy("general"), EnergyKind::General);
    assert!(matches!(energy("concat"), EnergyKind::Additive { d_attention: 10, .. }));
}
