//! The published edge cases of Ed25519, against strict verification: the twelve vectors of “Taming the Many EdDSAs”
//! (Chalkias, Garillot, Nikolaenko, 2020, table 5).

use super::*;
use crate::dsse::verify_encoded;

struct Case {
    /// What is odd about it, by the paper.
    what: &'static str,
    message: &'static str,
    key: &'static str,
    signature: &'static str,
    /// A verifier that checks less takes it (dalek's plain `verify`): shows that the vector is copied right, and that
    /// strictness is what refuses it.
    plain: bool,
    strict: bool,
}

const ORDER_EIGHT: &str = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa";
const MIXED_ORDER: &str = "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d";
const OTHER_MIXED_ORDER: &str = "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43";
const FULL_ORDER: &str = "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623";
const NOT_CANONICAL: &str = "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

const CASES: [Case; 12] = [
    Case {
        what: "0: small A, small R, S = 0",
        message: "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
        key: ORDER_EIGHT,
        signature: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000000000000000000",
        plain: true,
        strict: false,
    },
    Case {
        what: "1: small A, mixed R",
        message: "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
        key: ORDER_EIGHT,
        signature: "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
        plain: true,
        strict: false,
    },
    Case {
        what: "2: mixed A, small R",
        message: "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
        key: OTHER_MIXED_ORDER,
        signature: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e",
        plain: true,
        strict: false,
    },
    Case {
        what: "3: mixed A, mixed R, the equation holds without the cofactor: nothing in it is ambiguous",
        message: "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
        key: MIXED_ORDER,
        signature: "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009",
        plain: true,
        strict: true,
    },
    Case {
        what: "4: mixed A, mixed R, holds with the cofactor only",
        message: "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
        key: MIXED_ORDER,
        signature: "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
        plain: false,
        strict: false,
    },
    Case {
        what: "5: mixed A, holds only where the cofactor is multiplied in first",
        message: "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
        key: MIXED_ORDER,
        signature: "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405",
        plain: false,
        strict: false,
    },
    Case {
        what: "6: S above the order of the group",
        message: "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
        key: FULL_ORDER,
        signature: "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514",
        plain: false,
        strict: false,
    },
    Case {
        what: "7: S far above the order of the group",
        message: "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
        key: FULL_ORDER,
        signature: "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22",
        plain: false,
        strict: false,
    },
    Case {
        what: "8: R in a second spelling, reduced for the hash",
        message: "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
        key: OTHER_MIXED_ORDER,
        signature: "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff03be9678ac102edcd92b0210bb34d7428d12ffc5df5f37e359941266a4e35f0f",
        plain: false,
        strict: false,
    },
    Case {
        what: "9: R in a second spelling, hashed as it stands",
        message: "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
        key: OTHER_MIXED_ORDER,
        signature: "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffca8c5b64cd208982aa38d4936621a4775aa233aa0505711d8fdcfdaa943d4908",
        plain: false,
        strict: false,
    },
    Case {
        what: "10: A small and in a second spelling, reduced for the hash",
        message: "e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b",
        key: NOT_CANONICAL,
        signature: "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
        plain: false,
        strict: false,
    },
    Case {
        what: "11: A small and in a second spelling, hashed as it stands",
        message: "39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f",
        key: NOT_CANONICAL,
        signature: "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
        plain: true,
        strict: false,
    },
];

#[test]
fn strict_verification_decides_the_published_edge_cases() {
    for case in &CASES {
        let (message, signature) = (hex::decode(case.message).unwrap(), hex::decode(case.signature).unwrap());
        let bytes: [u8; 32] = hex::decode(case.key).unwrap().try_into().unwrap();
        // As the library reads it, which lets weak keys pass: the verification itself must refuse.
        let key = VerifyingKey::from_bytes(&bytes).unwrap();
        assert_eq!(
            verify_encoded(&key, &message, &signature).is_ok(),
            case.strict,
            "{}",
            case.what
        );

        use ed25519_dalek::{Signature, Verifier as _};
        let plain = key.verify(&message, &Signature::from_slice(&signature).unwrap());
        assert_eq!(plain.is_ok(), case.plain, "plain: {}", case.what);
    }
}

#[test]
fn weak_keys_are_refused_before_anything_is_verified() {
    for key in [ORDER_EIGHT, NOT_CANONICAL] {
        let refused = verifying_key(&hex::decode(key).unwrap());
        assert!(refused.is_err(), "{key}");
    }
    for key in [MIXED_ORDER, OTHER_MIXED_ORDER, FULL_ORDER] {
        assert!(verifying_key(&hex::decode(key).unwrap()).is_ok(), "{key}");
    }
}

/// The paper's appendix: one key and one signature for two messages, where a verifier is not strict.
#[test]
fn nobody_signs_two_messages_at_once() {
    let key = hex::decode("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f").unwrap();
    let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
    let signature = hex::decode(CASES[11].signature).unwrap();
    for message in [&b"Send 100 USD to Alice"[..], b"Send 100000 USD to Alice"] {
        assert!(verify_encoded(&key, message, &signature).is_err());
    }
}
