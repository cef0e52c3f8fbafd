//! Whatever request comes: it is answered, with all keys that the library reads, and never with an internal error.

#![no_main]

#[allow(dead_code, reason = "the tests look closer at answers")]
#[path = "../../tests/requests/play.rs"]
mod play;

use std::cell::OnceCell;

use libfuzzer_sys::fuzz_target;

thread_local! {
    static STAGE: OnceCell<play::Stage> = const { OnceCell::new() };
}

fuzz_target!(|text: &[u8]| {
    STAGE.with(|stage| {
        if let Some(answer) = stage.get_or_init(play::Stage::new).play(text) {
            answer.check();
        }
    });
});
