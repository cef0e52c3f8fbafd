//! What was written is read as it was.

use jiff::civil::{Date, DateTime};
use proptest::{collection::vec, option, prelude::*};
use sha2::{Digest as _, Sha256};
use truc_document::edxml::{
    Attachment, Business, BusinessDocumentInfo, BusinessReceiver, Code, DocumentKind, DocumentPackage, FileReference,
    Manifest, NAMESPACE, OtherInfo, Package, Packing, Party, Profile, Promulgation, Replacement, ResponseFor,
    Signature, SignatureJudgement, SignerInfo, StaffInfo, StatusPackage, TraceHeader, TracePath, Value, WriteOptions,
    Zipping, write,
};

use super::read;

/// Texts without blanks around them, with what XML has to escape.
fn text() -> impl Strategy<Value = String> {
    let characters = prop::sample::select(
        "abcĐỹẫ019&<>\"'/\\-.,;=]![ \t\r\n\u{a0}\u{2028}𠀋"
            .chars()
            .collect::<Vec<_>>(),
    );
    vec(characters, 0..12).prop_map(|characters| characters.into_iter().collect::<String>().trim().to_owned())
}

fn words() -> impl Strategy<Value = String> {
    text().prop_map(|text| if text.is_empty() { "văn bản".to_owned() } else { text })
}

fn value<T: std::fmt::Debug + Clone + 'static>(
    known: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Option<Value<T>>> {
    let other = Just(Value::Text("không rõ".to_owned()));
    option::of(prop_oneof![4 => known.prop_map(Value::Known), 1 => other])
}

fn number() -> impl Strategy<Value = Option<Value<u32>>> {
    value(any::<u32>())
}

fn day() -> impl Strategy<Value = Date> {
    (1..=9999_i16, 1..=12_i8, 1..=28_i8).prop_map(|(year, month, day)| Date::new(year, month, day).unwrap())
}

fn time() -> impl Strategy<Value = DateTime> {
    (day(), 0..24_i8, 0..60_i8, 0..60_i8).prop_map(|(day, hour, minute, second)| day.at(hour, minute, second, 0))
}

fn party() -> impl Strategy<Value = Party> {
    (text(), text(), text(), text(), text(), text(), text(), text()).prop_map(
        |(organ_id, organization_in_charge, organ_name, address, email, telephone, fax, website)| Party {
            organ_id,
            organization_in_charge,
            organ_name,
            address,
            email,
            telephone,
            fax,
            website,
        },
    )
}

fn staff() -> impl Strategy<Value = StaffInfo> {
    (text(), text(), text(), text(), text(), text()).prop_map(
        |(department, staff, email, mobile, staff_id, department_id)| StaffInfo {
            department,
            staff,
            email,
            mobile,
            staff_id,
            department_id,
        },
    )
}

fn response() -> impl Strategy<Value = ResponseFor> {
    (text(), text(), words(), value(day())).prop_map(|(organ_id, code, document_id, promulgation_date)| ResponseFor {
        organ_id,
        code,
        document_id,
        promulgation_date,
    })
}

fn hop() -> impl Strategy<Value = TraceHeader> {
    let path = option::of((text(), text()).prop_map(|(from, to)| TracePath { from, to }));
    (text(), value(time()), path).prop_map(|(organ_id, timestamp, path)| TraceHeader {
        organ_id,
        timestamp,
        path,
    })
}

fn business() -> impl Strategy<Value = Business> {
    let receiver = (text(), number()).prop_map(|(organ_id, receiver_type)| BusinessReceiver {
        organ_id,
        receiver_type,
    });
    let info = (number(), number(), vec(receiver, 0..3)).prop_map(|(document_info, document_receiver, receivers)| {
        BusinessDocumentInfo {
            document_info,
            document_receiver,
            receivers,
        }
    });
    let replacement =
        (text(), vec(words(), 0..3)).prop_map(|(document_id, organ_ids)| Replacement { document_id, organ_ids });
    (
        text(),
        number(),
        text(),
        number(),
        option::of(info),
        vec(replacement, 0..3),
        option::of(staff()),
    )
        .prop_map(
            |(document_id, doc_type, reason, paper, document_info, replacements, staff)| Business {
                document_id,
                doc_type,
                reason,
                paper,
                document_info,
                replacements,
                staff,
            },
        )
}

fn other() -> impl Strategy<Value = OtherInfo> {
    (
        number(),
        text(),
        text(),
        number(),
        number(),
        value(any::<bool>()),
        vec(words(), 0..3),
        vec(words(), 0..3),
        vec(words(), 0..3),
    )
        .prop_map(
            |(
                priority,
                sphere,
                typer_notation,
                promulgation_amount,
                page_amount,
                direction,
                appendixes,
                reference_codes,
                reply_fors,
            )| OtherInfo {
                priority,
                sphere,
                typer_notation,
                promulgation_amount,
                page_amount,
                direction,
                appendixes,
                reference_codes,
                reply_fors,
            },
        )
}

fn signature() -> impl Strategy<Value = Signature> {
    let placeholder = SignatureJudgement::Placeholder("it has no SignedInfo".to_owned());
    let signature = |raw: &str, bindings: &[(&str, &str)]| Signature {
        raw: raw.to_owned(),
        bindings: bindings
            .iter()
            .map(|(prefix, namespace)| ((*prefix).to_owned(), (*namespace).to_owned()))
            .collect(),
        judgement: placeholder.clone(),
    };
    let dsig = "http://www.w3.org/2000/09/xmldsig#";
    prop::sample::select(vec![
        signature("<Signature/>", &[("", NAMESPACE)]),
        signature(
            "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#' ><a\r\n/> &amp;<!-- -->\n</Signature >",
            &[],
        ),
        signature("<ds:Signature><ds:x y=\"ẫ\"/></ds:Signature>", &[("ds", dsig)]),
        signature(
            "<ds:Signature Id=\"a\"></ds:Signature>",
            &[("", NAMESPACE), ("ds", dsig)],
        ),
        signature("<edXML:Signature></edXML:Signature>", &[("edXML", NAMESPACE)]),
    ])
}

type Files = (Option<Manifest>, Vec<Attachment>, Vec<Vec<u8>>);

fn files() -> impl Strategy<Value = Files> {
    let content = prop_oneof![
        vec(any::<u8>(), 0..200),
        Just(b"PK\x03\x04 ...".to_vec()),
        Just("Kính gửi ".repeat(9000).into_bytes()),
    ];
    let names = prop::sample::select(vec![
        "công văn.pdf",
        "phụ lục.docx",
        "hồ sơ.zip",
        "không đuôi",
        "a.b/c <&>.txt",
        "",
    ]);
    let file = (names, text(), text(), any::<bool>(), content, text(), text());
    let version = prop::sample::select(vec!["", "1.0", "2 & 3"]);
    (vec(file, 0..4), version, any::<bool>()).prop_map(|(files, version, manifest)| {
        let mut references = Vec::new();
        let mut attachments = Vec::new();
        let mut contents = Vec::new();
        for (index, (name, description, content_type, zipped, content, other_type, other_name)) in
            files.into_iter().enumerate()
        {
            let content_id = format!("tệp-{index}");
            references.push(FileReference {
                content_id: content_id.clone(),
                content_type: other_type,
                description: description.clone(),
                name: other_name,
            });
            attachments.push(Attachment {
                content_id,
                name: name.to_owned(),
                description,
                content_type,
                packing: if zipped { Packing::Zipped } else { Packing::Plain },
                sha256: Sha256::digest(&content).into(),
                size: content.len() as u64,
            });
            contents.push(content);
        }
        let manifest = (manifest || !attachments.is_empty()).then(|| Manifest {
            version: version.to_owned(),
            references,
        });
        (manifest, attachments, contents)
    })
}

fn document() -> impl Strategy<Value = (DocumentPackage, Vec<Vec<u8>>)> {
    let head = (
        party(),
        vec(party(), 0..3),
        text(),
        text(),
        text(),
        text(),
        value(day()),
        text(),
    );
    let kind = (number(), number(), text(), text(), text(), text(), text(), text());
    let rest = (
        value(day()),
        other(),
        vec(response(), 0..3),
        vec(words(), 0..3),
        text(),
        number(),
        vec(words(), 0..3),
    );
    let tail = (
        vec(hop(), 0..3),
        option::of(business()),
        option::of(signature()),
        files(),
    );
    (head, kind, rest, tail).prop_map(
        |(
            (from, to, document_id, number, notation, place, date, promulgator),
            (type_number, detail, name, subject, content, competence, position, full_name),
            (due_date, other, response_for, task_codes, application_type, steering_type, to_places),
            (trace, business, signature, (manifest, attachments, contents)),
        )| {
            let document = DocumentPackage {
                from,
                to,
                document_id,
                code: Code { number, notation },
                promulgation: Promulgation {
                    place,
                    date,
                    promulgator,
                },
                document_type: DocumentKind {
                    number: type_number,
                    detail,
                    name,
                },
                subject,
                content,
                signer: SignerInfo {
                    competence,
                    position,
                    full_name,
                },
                due_date,
                other,
                response_for,
                task_codes,
                application_type,
                steering_type,
                to_places,
                trace,
                business,
                signature,
                manifest,
                attachments,
            };
            (document, contents)
        },
    )
}

fn status() -> impl Strategy<Value = StatusPackage> {
    (party(), response(), option::of(staff()), text(), text(), value(time())).prop_map(
        |(from, response_for, staff, status_code, description, timestamp)| StatusPackage {
            from,
            response_for,
            staff,
            status_code,
            description,
            timestamp,
        },
    )
}

fn written(package: &Package, contents: &[Vec<u8>], profile: Profile, zip: Zipping) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut source = contents;
    let losses = write(package, &WriteOptions { profile, zip }, &mut source, &mut bytes).unwrap();
    assert_eq!(losses, []);
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn documents_come_back((document, contents) in document(), bkav in any::<bool>()) {
        let package = Package::Document(document);
        let profile = if bkav { Profile::Bkav } else { Profile::Vnpt };
        let bytes = written(&package, &contents, profile, Zipping::AsGiven);
        let again = read(&bytes).unwrap();
        prop_assert_eq!(&again.reading.package, &package);
        prop_assert!(again.contents == contents);
        // The same bytes, whenever and wherever.
        prop_assert!(written(&again.reading.package, &again.contents, profile, Zipping::AsGiven) == bytes);
        for zip in [Zipping::All, Zipping::None] {
            let bytes = written(&package, &contents, profile, zip);
            prop_assert!(read(&bytes).unwrap().contents == contents);
        }
    }

    #[test]
    fn statuses_come_back(status in status(), profile in prop::sample::select(Profile::ALL)) {
        let package = Package::Status(status);
        let bytes = written(&package, &[], profile, Zipping::AsGiven);
        prop_assert_eq!(read(&bytes).unwrap().reading.package, package);
    }
}

#[test]
fn zips_that_stand_for_themselves_come_back_too() {
    // A zip around one file, under the name of a file that is none: a reader would unpack it, so it gets one more around.
    let inner = {
        let (mut bytes, content) = (Vec::new(), b"van ban".to_vec());
        let document = one_file("trong.pdf", &content, Packing::Zipped);
        write(
            &Package::Document(document),
            &WriteOptions::default(),
            &mut vec![content],
            &mut bytes,
        )
        .unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let begin = text.find("ContentTransferEncoded xmlns").unwrap();
        let begin = begin + text[begin..].find('>').unwrap() + 1;
        let end = begin + text[begin..].find('<').unwrap();
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &text[begin..end]).unwrap()
    };
    for profile in Profile::ALL {
        let package = Package::Document(one_file("ngoai.pdf", &inner, Packing::Plain));
        let bytes = written(&package, std::slice::from_ref(&inner), *profile, Zipping::None);
        assert_eq!(read(&bytes).unwrap().contents, std::slice::from_ref(&inner));
    }
}

fn one_file(name: &str, content: &[u8], packing: Packing) -> DocumentPackage {
    DocumentPackage {
        attachments: vec![Attachment {
            content_id: "1".to_owned(),
            name: name.to_owned(),
            content_type: "application/pdf".to_owned(),
            packing,
            sha256: Sha256::digest(content).into(),
            size: content.len() as u64,
            ..Attachment::default()
        }],
        ..DocumentPackage::default()
    }
}

#[test]
fn contents_that_are_not_the_packages_are_not_written() {
    let package = Package::Document(one_file("a.pdf", b"mot", Packing::Plain));
    let options = WriteOptions::default();
    for (other, what) in [(b"hai".to_vec(), "digest"), (b"bon ky tu".to_vec(), "size")] {
        let error = write(&package, &options, &mut vec![other], &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains(what), "{error}");
    }
    let error = write(&package, &options, &mut (), &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("a.pdf"), "{error}");
    let text = DocumentPackage {
        subject: "\u{1}".to_owned(),
        ..DocumentPackage::default()
    };
    let error = write(&Package::Document(text), &options, &mut (), &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("U+0001"), "{error}");
}

/// Found by fuzzing: the root's wrong namespace was declared around the signature, where it made a stranger of it.
#[test]
fn a_signature_in_a_namespace_that_was_guessed_is_there_after_writing() {
    let text = "<edXML xmlns=\"6\"><edXMLEnvelope><edXMLHeader><MessageHeader/><Signature>x</Signature></edXMLHeader>\
                </edXMLEnvelope></edXML>";
    let vnpt = |package: &Package| {
        let mut bytes = Vec::new();
        write(package, &WriteOptions::default(), &mut (), &mut bytes).unwrap();
        bytes
    };
    let first = read(text.as_bytes()).unwrap().reading.package;
    let once = vnpt(&first);
    let second = read(&once).unwrap().reading.package;
    let kept = |package: &Package| match package {
        Package::Document(document) => document.signature.clone().map(|signature| signature.raw),
        Package::Status(_) => None,
    };
    assert_eq!(kept(&first).as_deref(), Some("<Signature>x</Signature>"));
    assert_eq!(kept(&second), kept(&first));
    assert_eq!(vnpt(&second), once, "writing is stable");
}
