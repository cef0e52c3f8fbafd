//! Bytes that mean harm: random, cut short, and lying in good form. A hub answers each with a refusal and goes on.

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use prost::Message as _;
use tokio::runtime::Runtime;
use tonic::{Code, Status};
use truc_agency::FetchOptions;
use truc_document::Reason;
use truc_hub::DOMAIN;
use truc_proto::v1 as pb;
use truc_services::exchange_service_client::ExchangeServiceClient;
use truc_store::record::Entry;
use truc_tests::{Axis, Raw, Told, authorized, letter, methods, told};

/// Batches for each kind of harm, and messages in a batch.
const BATCHES: u32 = 24;
const BATCH: usize = 16;

/// An axis that is attacked over one connection.
struct Attacked {
    runtime: Runtime,
    axis: Axis,
    raw: Raw,
    token: String,
}

impl Attacked {
    fn start() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let axis = runtime.block_on(Axis::start());
        let raw = runtime.block_on(axis.raw());
        let token = axis.token("H54");
        Self {
            runtime,
            axis,
            raw,
            token,
        }
    }

    /// Runs batches that proptest makes; after each a good document passes over the same connection.
    fn batches<S: Strategy>(&self, strategy: S, attack: impl AsyncFn(&Self, S::Value) -> Result<(), TestCaseError>) {
        let mut runner = TestRunner::new(Config {
            cases: BATCHES,
            failure_persistence: None,
            ..Config::default()
        });
        let ran = runner.run(&strategy, |batch| {
            self.runtime.block_on(async {
                attack(self, batch).await?;
                self.good_passes().await
            })
        });
        ran.unwrap_or_else(|error| panic!("{error}"));
    }

    async fn good_passes(&self) -> Result<(), TestCaseError> {
        let envelope = self.axis.sign(&letter("H54", &["G22"]), Vec::new());
        let answer = self.raw.send(Some(&self.token), envelope).await;
        prop_assert!(
            answer.is_ok_and(|answer| answer.receipt.is_some()),
            "a good document was not taken"
        );
        Ok(())
    }

    /// Sends envelopes at once; each is taken or refused with a reason of ours. Says how many were taken.
    async fn send_all(&self, envelopes: Vec<pb::Envelope>) -> Result<usize, TestCaseError> {
        let answers = stream::iter(envelopes).map(|envelope| self.raw.send(Some(&self.token), envelope));
        let answers: Vec<_> = answers.buffer_unordered(BATCH).collect().await;
        let taken = answers.iter().filter(|answer| answer.is_ok()).count();
        for status in answers.into_iter().filter_map(Result::err) {
            reason_of(&status)?;
        }
        Ok(taken)
    }

    /// Everything that was taken can be read back: the hub starts anew on its journal and a good document passes.
    fn finish(self) {
        let Self {
            runtime,
            axis,
            raw,
            token,
        } = self;
        drop(raw);
        runtime.block_on(async {
            let axis = axis.replay().await;
            let raw = axis.raw().await;
            let envelope = axis.sign(&letter("H54", &["G22"]), Vec::new());
            raw.send(Some(&token), envelope).await.expect("a good document");
            axis.stop().await;
        });
    }
}

fn reason_of(status: &Status) -> Result<Told, TestCaseError> {
    let told = told(status);
    let known: Result<Reason, _> = told.reason.parse();
    prop_assert!(known.is_ok(), "no reason of ours: {status:?}");
    Ok(told)
}

fn bytes(most: usize) -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..most).prop_map(Bytes::from)
}

/// Changes to good bytes: where, and what stands there then.
fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<prop::sample::Index>().prop_map(Damage::Cut),
        (any::<prop::sample::Index>(), 1..=u8::MAX).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        (any::<prop::sample::Index>(), vec(any::<u8>(), 1..20)).prop_map(|(at, more)| Damage::Insert(at, more)),
    ]
}

#[derive(Clone, Debug)]
enum Damage {
    Cut(prop::sample::Index),
    Flip(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
}

impl Damage {
    fn to(&self, good: &[u8]) -> Bytes {
        let mut bytes = good.to_vec();
        match self {
            Self::Cut(at) => bytes.truncate(at.index(good.len())),
            Self::Flip(at, bits) => bytes[at.index(good.len())] ^= bits,
            Self::Insert(at, more) => {
                let at = at.index(good.len());
                bytes.splice(at..at, more.iter().copied());
            }
        }
        bytes.into()
    }
}

#[test]
fn random_bytes_to_every_method() {
    let attacked = Attacked::start();
    let methods = methods();
    let operator = attacked.axis.token("operator");
    attacked.batches(vec(bytes(200), BATCH), async |attacked, batch| {
        for method in &methods {
            // A bad moment for hub time to jump by chance: certificates would run out.
            let as_operator = (!method.ends_with("/AdvanceClock")).then_some(&operator);
            for token in as_operator.into_iter().chain([&attacked.token]) {
                let answer = attacked.raw.call(method, Some(token), batch[..2].to_vec()).await;
                match answer.err() {
                    // Not there yet, and says so whatever it is asked.
                    Some(status) if status.code() == Code::Unimplemented => {}
                    Some(status) => drop(reason_of(&status)?),
                    None => {}
                }
            }
        }
        Ok(())
    });
    attacked.finish();
}

#[test]
fn random_bytes_as_headers_well_signed() {
    let attacked = Attacked::start();
    attacked.batches(vec(bytes(400), BATCH), async |attacked, batch| {
        let sign = |header: Bytes| attacked.axis.sign_bytes("H54", header, Vec::new());
        prop_assert_eq!(attacked.send_all(batch.into_iter().map(sign).collect()).await?, 0);
        Ok(())
    });
    attacked.finish();
}

#[test]
fn damaged_headers_well_signed() {
    let attacked = Attacked::start();
    attacked.batches(vec(damage(), BATCH), async |attacked, batch| {
        let good = letter("H54", &["G22", "H05"]).encode();
        let sign = |damage: Damage| attacked.axis.sign_bytes("H54", damage.to(&good), Vec::new());
        attacked
            .send_all(batch.iter().cloned().map(sign).collect())
            .await
            .map(drop)
    });
    attacked.finish();
}

#[test]
fn damaged_envelopes() {
    let attacked = Attacked::start();
    attacked.batches(vec(damage(), BATCH), async |attacked, batch| {
        let good = attacked.axis.sign(&letter("H54", &["G22"]), Vec::new()).encode_to_vec();
        let damaged = batch
            .iter()
            .filter_map(|damage| pb::Envelope::decode(damage.to(&good)).ok());
        attacked.send_all(damaged.collect()).await.map(drop)
    });
    attacked.finish();
}

/// A header whose fields have the right types and say what can't be.
fn lie() -> impl Strategy<Value = pb::Header> {
    let text = prop_oneof![
        Just(String::new()),
        Just("\0".to_owned()),
        Just("../../etc/passwd".to_owned()),
        Just("\u{202e}nẫm".to_owned()),
        Just("ế".repeat(3000)),
        any::<String>(),
    ];
    let number = prop_oneof![Just(i32::MIN), Just(-1), Just(0), Just(i32::MAX), any::<i32>()];
    let time = prop_oneof![Just(i64::MIN), Just(0), Just(i64::MAX), any::<i64>()];
    (any::<u32>(), vec(text, 6), vec(number, 6), time, any::<u64>()).prop_map(
        |(which, text, number, seconds, large)| {
            let good = letter("H54", &["G22"]).encode();
            let mut header = pb::Header::decode(&good[..]).expect("a good header");
            let date = Some(pb::Date {
                year: number[0],
                month: number[1],
                day: number[2],
            });
            let attachment = pb::Attachment {
                sha256: Bytes::from(text[3].clone().into_bytes()),
                size: large,
                name: text[4].clone(),
                ..Default::default()
            };
            let recipient = pb::Recipient {
                agency: text[1].clone(),
                role: number[4],
            };
            let lies: [&mut dyn FnMut(&mut pb::Header); 12] = [
                &mut |header| header.document_id = text[0].clone(),
                &mut |header| header.sender = text[0].clone(),
                &mut |header| header.recipients.push(recipient.clone()),
                &mut |header| header.number = large,
                &mut |header| header.notation = text[2].clone(),
                &mut |header| (header.issued_on, header.due_on) = (date, date),
                &mut |header| header.subject = text[2].clone(),
                &mut |header| (header.document_type, header.urgency) = (number[3], number[4]),
                &mut |header| (header.act, header.act_targets) = (number[5], text.clone()),
                &mut |header| header.attachments.push(attachment.clone()),
                &mut |header| {
                    header.created_at = Some(prost_types::Timestamp {
                        seconds,
                        nanos: number[5],
                    });
                },
                &mut |header| header.extensions.extend([(text[5].clone(), text[2].clone())]),
            ];
            for (at, lie) in lies.into_iter().enumerate() {
                if which >> at & 1 == 1 {
                    lie(&mut header);
                }
            }
            header
        },
    )
}

#[test]
fn lies_in_good_form_well_signed() {
    let attacked = Attacked::start();
    attacked.batches(vec(lie(), BATCH), async |attacked, batch| {
        let sign = |header: &pb::Header| attacked.axis.sign_bytes("H54", header.encode_to_vec(), Vec::new());
        attacked.send_all(batch.iter().map(sign).collect()).await.map(drop)
    });
    attacked.finish();
}

#[test]
fn a_bad_envelope_in_a_stream_does_not_stop_the_others() {
    let attacked = Attacked::start();
    attacked.batches(vec(bytes(300), BATCH), async |attacked, batch| {
        let mut client = ExchangeServiceClient::new(attacked.raw.channel.clone());
        let requests = batch.into_iter().enumerate().map(|(at, header)| pb::SendManyRequest {
            tag: at as u64,
            envelope: Some(attacked.axis.sign_bytes("H54", header, Vec::new())),
        });
        let good = pb::SendManyRequest {
            tag: u64::MAX,
            envelope: Some(attacked.axis.sign(&letter("H54", &["G22"]), Vec::new())),
        };
        let requests: Vec<_> = requests.chain([good, pb::SendManyRequest::default()]).collect();
        let request = authorized(stream::iter(requests), Some(&attacked.token));
        let answers: Vec<_> = client
            .send_many(request)
            .await
            .expect("a stream")
            .into_inner()
            .collect()
            .await;
        prop_assert_eq!(answers.len(), BATCH + 2);
        for answer in answers {
            let answer = answer.expect("no answer ends the stream");
            let accepted = matches!(answer.outcome, Some(pb::send_many_response::Outcome::Accepted(_)));
            prop_assert_eq!(accepted, answer.tag == u64::MAX);
        }
        Ok(())
    });
    attacked.finish();
}

/// Numbers at the ends of what a field can say, under the credential that the method is for.
fn extremes() -> Vec<(&'static str, bool, Bytes)> {
    let exchange = |method, message: Vec<u8>| (method, false, message.into());
    let operator = |method, message: Vec<u8>| (method, true, message.into());
    let long = |seconds| Some(prost_types::Duration { seconds, nanos: -1 });
    let far = |seconds| {
        Some(prost_types::Timestamp {
            seconds,
            nanos: i32::MAX,
        })
    };
    let day = |number| {
        Some(pb::Date {
            year: number,
            month: number,
            day: number,
        })
    };
    let fetch = |max_deliveries, seconds| pb::FetchRequest {
        max_deliveries,
        lease: long(seconds),
        wait: long(seconds),
        headers_only: true,
        delivery_ids: Vec::new(),
    };
    let observe = |from_position| pb::ObserveRequest {
        from_position,
        kinds: vec![i32::MIN, i32::MAX],
        ..Default::default()
    };
    let clock = |seconds, mode, factor| pb::AdvanceClockRequest {
        to: far(seconds),
        mode,
        factor,
    };
    let report = |from, to, group_by| pb::GetReportRequest {
        from: day(from),
        to: day(to),
        group_by,
        province: "\0".to_owned(),
        province_basis: 0,
    };
    let start = |size| pb::UploadRequest {
        part: Some(pb::upload_request::Part::Start(pb::UploadStart {
            sha256: Bytes::from_static(&[7; 32]),
            size,
        })),
    };
    let revoke = |seconds| pb::RevokeCertificateRequest {
        fingerprint: Bytes::from_static(&[7; 32]),
        revoked_at: Some(prost_types::Timestamp {
            seconds,
            nanos: i32::MIN,
        }),
        ..Default::default()
    };
    let acknowledge = pb::AcknowledgeRequest {
        delivery_ids: vec![0, u64::MAX, u64::MAX - 1, 1 << 63, u64::from(u32::MAX)],
    };
    let mut all = vec![
        exchange("/truc.v1.ExchangeService/Acknowledge", acknowledge.encode_to_vec()),
        exchange("/truc.v1.ExchangeService/Fetch", fetch(u32::MAX, 1).encode_to_vec()),
        exchange("/truc.v1.ExchangeService/Upload", start(u64::MAX).encode_to_vec()),
        exchange("/truc.v1.ExchangeService/Upload", start(2 << 30).encode_to_vec()),
        exchange("/truc.v1.ExchangeService/Upload", start(0).encode_to_vec()),
    ];
    for seconds in [i64::MIN, -1, i64::MAX] {
        all.push(exchange(
            "/truc.v1.ExchangeService/Fetch",
            fetch(1, seconds).encode_to_vec(),
        ));
        all.push(operator(
            "/truc.v1.DirectoryService/RevokeCertificate",
            revoke(seconds).encode_to_vec(),
        ));
        let interval = long(seconds);
        let watch = pb::WatchTotalsRequest { interval };
        all.push(exchange(
            "/truc.v1.StatisticsService/WatchTotals",
            watch.encode_to_vec(),
        ));
        for factor in [f64::NAN, f64::INFINITY, -1.0, f64::MIN_POSITIVE] {
            let clock = clock(seconds, pb::ClockMode::Scaled.into(), factor);
            all.push(operator(
                "/truc.v1.OperationsService/AdvanceClock",
                clock.encode_to_vec(),
            ));
        }
    }
    for position in [u64::MAX, u64::MAX - 1, 1 << 63] {
        all.push(operator(
            "/truc.v1.OperationsService/Observe",
            observe(position).encode_to_vec(),
        ));
    }
    for (from, to) in [(i32::MIN, i32::MAX), (i32::MAX, i32::MIN), (0, 0), (1, 9999), (9999, 1)] {
        let report = report(from, to, vec![0, 7, 4, i32::MAX]);
        all.push(exchange("/truc.v1.StatisticsService/GetReport", report.encode_to_vec()));
    }
    all
}

#[test]
fn extreme_numbers_in_good_form() {
    let attacked = Attacked::start();
    let operator = attacked.axis.token("operator");
    attacked.runtime.block_on(async {
        for (method, by_operator, message) in extremes() {
            let token = if by_operator { &operator } else { &attacked.token };
            let answer = attacked.raw.call(method, Some(token), vec![message]).await;
            if let Err(status) = answer {
                reason_of(&status).unwrap_or_else(|error| panic!("{method}: {error}"));
            }
            attacked
                .good_passes()
                .await
                .unwrap_or_else(|error| panic!("after {method}: {error}"));
        }
    });
    attacked.finish();
}

#[test]
fn at_the_end_of_time_a_hub_still_answers() {
    let attacked = Attacked::start();
    let Attacked { runtime, axis, .. } = attacked;
    runtime.block_on(async {
        axis.agency("G22")
            .send(axis.sign(&letter("G22", &["H54"]), Vec::new()))
            .await
            .expect("a receipt");
        axis.operator()
            .advance_clock(Some(Timestamp::MAX), None)
            .await
            .expect("the last instant");
        let fetched = axis
            .agency("H54")
            .fetch(FetchOptions::default())
            .await
            .expect("a mailbox");
        assert_eq!(fetched.deliveries.len(), 1);
        let axis = axis.replay().await;
        let told = axis
            .refused("H54", axis.sign(&letter("H54", &["G22"]), Vec::new()))
            .await;
        assert_eq!(told.reason, "CERTIFICATE_EXPIRED");
        axis.stop().await;
    });
}

#[test]
fn a_hundred_thousand_recipients_are_too_many() {
    let attacked = Attacked::start();
    let good = letter("H54", &["G22"]).encode();
    let good = pb::Header::decode(&good[..]).expect("a good header");
    let recipient = |agency: String| pb::Recipient { agency, role: 1 };
    // In full they are over what a header may have; empty they are not, and still too many.
    let in_full = (0..100_000).map(|n| recipient(format!("H54.{n}"))).collect();
    let empty = vec![pb::Recipient::default(); 100_000];
    for (recipients, field) in [(in_full, "header"), (empty, "header.recipients")] {
        let header = pb::Header {
            recipients,
            ..good.clone()
        };
        let envelope = attacked.axis.sign_bytes("H54", header.encode_to_vec(), Vec::new());
        let told = attacked.runtime.block_on(attacked.axis.refused("H54", envelope));
        assert_eq!(
            (told.reason.as_str(), told.field.as_str()),
            ("TOO_LARGE", field),
            "{told:?}"
        );
    }
    attacked
        .runtime
        .block_on(attacked.good_passes())
        .expect("a good document");
    attacked.finish();
}

#[test]
fn messages_beyond_all_limits_are_refused() {
    let attacked = Attacked::start();
    attacked.runtime.block_on(async {
        let mut envelope = attacked.axis.sign(&letter("H54", &["G22"]), Vec::new());
        envelope.inline_attachments = vec![pb::InlineAttachment {
            sha256: Bytes::from_static(&[0; 32]),
            content: vec![0; 5 << 20].into(),
        }];
        let told = attacked.axis.refused("H54", envelope.clone()).await;
        assert_eq!((told.reason.as_str(), told.field.as_str()), ("TOO_LARGE", "envelope"));

        // Beyond what is read at all no method sees it.
        envelope.inline_attachments[0].content = vec![0; 9 << 20].into();
        let told = attacked.axis.refused("H54", envelope.clone()).await;
        assert_eq!(
            (told.domain.as_str(), told.reason.as_str()),
            (DOMAIN, "TOO_LARGE"),
            "{told:?}"
        );
        assert_eq!(told.code, Reason::TooLarge.grpc_code(), "{told:?}");
        assert!(told.message.contains("the limit is: 8388608 bytes"), "{told:?}");
        attacked.good_passes().await.expect("a good document");
    });
    attacked.finish();
}

/// A field of 4 GiB, of which nothing follows.
const UNDECODABLE: Bytes = Bytes::from_static(&[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]);

/// The first refusal of a call, whether it comes at once or in the stream of answers.
async fn refusal(raw: &Raw, method: &str, token: &str, messages: Vec<Bytes>) -> Option<Told> {
    match raw.call(method, Some(token), messages).await {
        Err(status) => Some(told(&status)),
        Ok(mut answers) => answers.message().await.err().map(|status| told(&status)),
    }
}

#[test]
fn messages_that_no_method_can_read_have_a_reason() {
    let attacked = Attacked::start();
    attacked.runtime.block_on(async {
        for method in methods() {
            let long = Bytes::from(vec![0; 9 << 20]);
            for (messages, reason) in [(vec![UNDECODABLE], Reason::Malformed), (vec![long], Reason::TooLarge)] {
                let told = refusal(&attacked.raw, &method, &attacked.token, messages).await;
                let told = told.unwrap_or_else(|| panic!("{method}: {reason} was taken"));
                let found = (told.domain.as_str(), told.reason.as_str(), told.code);
                assert_eq!(
                    found,
                    (DOMAIN, reason.as_str(), reason.grpc_code()),
                    "{method}: {told:?}"
                );
            }
            let told = refusal(&attacked.raw, &method, &attacked.token, Vec::new()).await;
            let streams = ["Multiplex", "SendMany", "Upload"].map(|name| format!("/truc.v1.ExchangeService/{name}"));
            if !streams.contains(&method) {
                assert_eq!(told.expect("no message").reason, "MALFORMED", "{method}");
            }
        }
        // What came before it in a stream is answered, if the stream got that far.
        let good = pb::SendManyRequest {
            tag: 1,
            envelope: Some(attacked.axis.sign(&letter("H54", &["G22"]), Vec::new())),
        };
        let messages = vec![good.encode_to_vec().into(), UNDECODABLE];
        let method = "/truc.v1.ExchangeService/SendMany";
        let mut answers = attacked
            .raw
            .call(method, Some(&attacked.token), messages)
            .await
            .expect("a stream");
        let ended = loop {
            match answers.message().await {
                Ok(answer) => drop(answer.expect("the stream ends with a refusal")),
                Err(status) => break told(&status),
            }
        };
        assert_eq!(ended.reason, "MALFORMED", "{ended:?}");
        attacked.good_passes().await.expect("a good document");
    });
    attacked.finish();
}

proptest! {
    #[test]
    fn random_bytes_are_no_record_and_no_panic(bytes in bytes(500)) {
        let _ = Entry::decode(bytes);
    }
}
