//! What a report advises, done.

use super::{CONVERT, data, demo, says};
use serde_json::Value;

#[test]
fn what_is_advised_makes_the_model_fit() {
    let folder = demo("report-advice", "eng-fra", 1);
    says(&folder, &[&CONVERT[..], &["--report", "r.json"]].concat());
    let report = data(&folder, "r.json");
    let on = |report: &Value, name: &str| {
        let boards = report["boards"].as_array().expect("boards").iter();
        boards.clone().find(|board| board["name"] == name).expect("known").clone()
    };
    // Too little flash, and too little RAM.
    for (name, option) in [("nucleo-f446re", "--flash"), ("sifive_e", "--max-source")] {
        let board = on(&report, name);
        let advice = &board["advice"];
        assert_eq!((&board["fits"], &advice["then_fits"]), (&false.into(), &true.into()), "{name}");
        let options = advice["options"].as_array().expect("options").iter();
        let options: Vec<&str> = options.map(|option| option.as_str().expect("text")).collect();
        assert_eq!(options[0], option, "{name}");
        says(&folder, &[&CONVERT[..], &options].concat());
        let inspected = says(&folder, &["inspect", "new.rgd", "--json"]);
        let inspected = serde_json::from_str(&inspected).expect("JSON");
        assert_eq!(on(&inspected, name)["fits"], true, "{name} with {options:?}");
    }
    // A board that has room is not given advice.
    assert!(on(&report, "rpi-pico").get("advice").is_none());
    let least = &on(&report, "microbit")["advice"];
    assert_eq!(least["then_fits"], false, "{least}");
}
