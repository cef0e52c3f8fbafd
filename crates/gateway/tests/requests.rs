//! Requests as systems write them, with what each is answered before a hub that is away: 39 where everything was read.
//! They are the seeds of the fuzzing too.

#[path = "requests/play.rs"]
mod play;

use std::path::Path;

use play::Stage;

/// Sample, and the code of its answer.
const SAMPLES: [(&str, &str); 17] = [
    ("agencies", "39"),
    ("agencies-of-a-level", "39"),
    ("units", "39"),
    ("register-agency", "39"),
    ("delete-agency", "39"),
    ("send-document", "39"),
    ("send-status", "39"),
    ("send-not-edxml", "22"),
    ("received-with-all-filters", "39"),
    ("get", "39"),
    ("update", "39"),
    ("sent", "0"),
    ("count", "39"),
    ("wrong-hmac", "15"),
    ("provincial-send", "20"),
    ("provincial-get", "20"),
    ("provincial-update", "20"),
];

#[test]
fn samples_are_read_to_the_point_where_the_hub_is_asked() {
    let stage = Stage::new();
    for (name, expected) in SAMPLES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/requests/samples/{name}.http"));
        let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let answer = stage.play(&text).unwrap_or_else(|| panic!("{name} is no request"));
        answer.check();
        let key = if answer.path.starts_with("/v1/") {
            "errorCode"
        } else {
            "ErrorCode"
        };
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.text(key), expected, "{name}: {said}");
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/requests/samples");
    let files = std::fs::read_dir(folder).expect("samples").count();
    assert_eq!(
        files,
        SAMPLES.len() + 1,
        "each sample is played; `download.http` answers with HTTP's 404"
    );
}

#[test]
fn a_file_that_is_not_there_is_no_file() {
    let stage = Stage::new();
    let text = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/requests/samples/download.http"));
    let answer = stage.play(&text.expect("a sample")).expect("a request");
    assert_eq!((answer.status, answer.text("ErrorCode").as_str()), (404, "39"));
}
