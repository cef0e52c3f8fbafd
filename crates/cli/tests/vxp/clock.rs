//! A hub whose time is driven: what the gateway dates, it dates by that time.

use truc_agency::{Credential, Hub};

use super::{Terminal, run};

/// Vietnam's time.
const MORNING: &str = "2020-09-01T08:00:00+07:00";
const LATER: &str = "2020-09-02T09:30:00+07:00";

#[test]
fn times_are_the_hubs_and_not_the_walls() {
    let terminal = Terminal::new();
    terminal.good(&["pki", "init", "--out", "house", "--seed", "5"]);
    let config = std::fs::read_to_string(terminal.path("house/hub.toml")).expect("a configuration");
    let more = format!("\n[clock]\nmode = \"driven\"\nstart = \"{MORNING}\"\n\n[vxp]\nkeys = \".\"\n");
    terminal.write("house/hub.toml", config + &more);
    let hub = terminal.hub(&["--config", "house/hub.toml", "--listen", "127.0.0.1:0"]);
    for (code, name) in [("H54", "Thái Bình"), ("H25", "Hưng Yên")] {
        let add = ["agency", "add", code, "--name", name, "--level", "province"];
        terminal.good(&[&add[..], &["--hub", &hub.endpoint, "--data", "house"]].concat());
    }
    let add = ["system", "add", "vxp.time", "--agencies", "H54,H25"];
    let added = terminal.json(&[&add[..], &["--data", "house"]].concat());
    let secret = added["secret"].as_str().expect("a secret");
    let endpoint = format!("{}/vxp", hub.endpoint);
    let client = |now: &str, number: &str| {
        let arguments = [&endpoint, "vxp.time", secret, now, number].map(str::to_owned);
        run("clock.py", &arguments).trim().to_owned()
    };
    client("2020/09/01 08:00:00", "1");
    let token = terminal.json(&["token", "--operator", "--data", "house"])["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let address = hub.endpoint.clone();
    runtime.block_on(async {
        let operator = Hub::connect(address)
            .await
            .expect("the hub")
            .operator(Credential::Token(token));
        let later = LATER.parse().expect("an instant");
        operator.advance_clock(Some(later), None).await.expect("a clock");
    });
    client("2020/09/02 09:30:00", "2");
}
