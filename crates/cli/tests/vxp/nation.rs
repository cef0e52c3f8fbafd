//! As many agencies as the nation has.

use std::fmt::Write as _;

use truc_simulator::Magic;

use super::{Terminal, run};

const PROVINCES: usize = 60;
const DISTRICTS: usize = 20;
const COMMUNES: usize = 99;

/// 60 provinces with 20 districts of 99 communes each: 120,060 agencies.
fn topology() -> (usize, String) {
    let mut text = String::from("title = \"Cả nước\"\n\n[systems]\n");
    let mut count = 0;
    for province in 1..=PROVINCES {
        let code = format!("H{province:02}");
        let _ = write!(
            text,
            "\n[[province]]\ncode = \"{code}\"\nsigning-policy = \"required\"\nagencies = [\n"
        );
        let mut one = |code: &str, level: &str| {
            count += 1;
            let _ = writeln!(
                text,
                "  {{ code = \"{code}\", name = \"Cơ quan {code}\", level = \"{level}\" }},"
            );
        };
        one(&code, "province");
        for district in 1..=DISTRICTS {
            let district = format!("{code}.{district}");
            one(&district, "district");
            for commune in 1..=COMMUNES {
                one(&format!("{district}.{commune}"), "commune");
            }
        }
        text.push_str("]\n");
    }
    (count, text)
}

#[test]
fn the_address_book_of_a_nation_is_given_whole() {
    let terminal = Terminal::new();
    let (count, text) = topology();
    terminal.write("nation.toml", text);
    let _sandbox = terminal.up(&["--silent", "--topology", "nation.toml"]);
    let added = terminal.json(&["system", "add", "vxp.nation", "--agencies", "H01"]);
    let secret = added["secret"].as_str().expect("a secret");
    let endpoint = format!("{}/vxp", terminal.address());
    // The user's own agency and the magic ones stand beside those of the topology.
    let agencies = (count + 1 + Magic::ALL.len()).to_string();
    run(
        "nation.py",
        &[&endpoint, "vxp.nation", secret, &agencies].map(str::to_owned),
    );
}
