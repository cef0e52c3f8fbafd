//! Whatever bytes come: they are read or refused, what was read can be mapped, and what was written is read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use truc_document::edxml::{
    Package, Profile, ReadLimits, Whole, WriteError, WriteOptions, draft, draft_status, read_whole, write,
};

fuzz_target!(|bytes: &[u8]| {
    let limits = ReadLimits {
        // What a zip makes of a small input is bounded, so that a run stays quick.
        attachments_bytes_max: 4 << 20,
        ..ReadLimits::default()
    };
    let Ok(Whole { reading, contents }) = read_whole(bytes, &limits) else {
        return;
    };
    match &reading.package {
        Package::Document(document) => drop(draft(document)),
        Package::Status(status) => drop(draft_status(status)),
    }
    for &profile in Profile::ALL {
        let options = WriteOptions {
            profile,
            ..WriteOptions::default()
        };
        let mut written = Vec::new();
        match write(&reading.package, &options, &mut contents.as_slice(), &mut written) {
            Err(WriteError::SignaturePrefix(_)) => continue,
            Err(error) => panic!("read and not written: {error}"),
            Ok(_) => {}
        }
        let again = match read_whole(written.as_slice(), &limits) {
            Ok(again) => again,
            Err(error) => panic!("written and not read: {error}"),
        };
        assert!(again.contents == contents, "contents differ");
        if profile == Profile::Vnpt && reading.profile != Profile::Provincial {
            let rewritten = again.reading.package;
            let mut once_more = Vec::new();
            let written_again = write(&rewritten, &options, &mut contents.as_slice(), &mut once_more);
            assert!(written_again.is_ok() && once_more == written, "writing is not stable");
        }
    }
});
