//! Who may call what: every method of every service is named here, and the API itself is asked whether one is missing.

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use prost::Message;
use tonic::Status;
use truc_agency::FetchOptions;
use truc_document::{BusinessAct, Header, Reason};
use truc_hub::DOMAIN;
use truc_proto::v1 as pb;
use truc_signature::{Caller, SigningKey, TokenIssuer, sha256};
use truc_tests::{Axis, Raw, Told, attach, letter, methods, next, told};

/// For agencies only: an operator sends and receives for nobody.
const AGENCIES: &[&str] = &[
    "/truc.v1.ExchangeService/Acknowledge",
    "/truc.v1.ExchangeService/Fetch",
    "/truc.v1.ExchangeService/ListDeliveries",
    "/truc.v1.ExchangeService/ListDocuments",
    "/truc.v1.ExchangeService/Multiplex",
    "/truc.v1.ExchangeService/ReportStatus",
    "/truc.v1.ExchangeService/ReportStatuses",
    "/truc.v1.ExchangeService/Send",
    "/truc.v1.ExchangeService/SendMany",
    "/truc.v1.ExchangeService/Subscribe",
    "/truc.v1.ExchangeService/Upload",
    "/truc.v1.ExchangeService/UploadPart",
];

/// For the operator only.
const OPERATOR: &[&str] = &[
    "/truc.v1.DirectoryService/CloseAgency",
    "/truc.v1.DirectoryService/RegisterAgency",
    "/truc.v1.DirectoryService/RevokeCertificate",
    "/truc.v1.DirectoryService/UpdateAgency",
    "/truc.v1.OperationsService/AdvanceClock",
    "/truc.v1.OperationsService/ClearFaults",
    "/truc.v1.OperationsService/GetStageTimes",
    "/truc.v1.OperationsService/ListFaults",
    "/truc.v1.OperationsService/Observe",
    "/truc.v1.OperationsService/SetFault",
];

/// For all who have a credential; what they may see or change there is told further below.
const EVERYBODY: &[&str] = &[
    "/truc.v1.DirectoryService/GetAgency",
    "/truc.v1.DirectoryService/GetRevocationList",
    "/truc.v1.DirectoryService/ListAgencies",
    "/truc.v1.DirectoryService/ListCertificates",
    "/truc.v1.DirectoryService/RegisterCertificate",
    "/truc.v1.ExchangeService/Download",
    "/truc.v1.ExchangeService/GetDocument",
    "/truc.v1.ExchangeService/GetPackage",
    "/truc.v1.ExchangeService/Track",
    "/truc.v1.OperationsService/GetClock",
    "/truc.v1.StatisticsService/GetReport",
    "/truc.v1.StatisticsService/WatchTotals",
];

/// Calls with a message; an answer counts as soon as the hub begins one.
async fn call(raw: &Raw, method: &str, token: Option<&str>, message: impl Message) -> Result<(), Status> {
    let message = Bytes::from(message.encode_to_vec());
    raw.call(method, token, vec![message]).await.map(drop)
}

/// Calls with an empty message, which is one of every method.
async fn call_empty(raw: &Raw, method: &str, token: Option<&str>) -> Result<(), Status> {
    call(raw, method, token, ()).await
}

#[track_caller]
fn assert_refused(answer: Result<(), Status>, reason: Reason, of: &str) -> Told {
    let told = told(&answer.expect_err(of));
    assert_eq!(
        (told.domain.as_str(), told.reason.as_str()),
        (DOMAIN, reason.as_str()),
        "{of}: {told:?}"
    );
    assert_eq!(told.code, reason.grpc_code(), "{of}");
    told
}

#[track_caller]
fn assert_let_in(answer: Result<(), Status>, of: &str) {
    if let Err(status) = answer {
        let told = told(&status);
        let at_the_door = [Reason::Unauthenticated, Reason::NotYourAgency].map(Reason::as_str);
        assert!(!at_the_door.contains(&told.reason.as_str()), "{of}: {told:?}");
    }
}

#[test]
fn every_method_is_named_once() {
    let named: Vec<_> = [AGENCIES, OPERATOR, EVERYBODY].concat();
    let all: BTreeSet<_> = methods().into_iter().collect();
    assert_eq!(named.len(), all.len());
    assert_eq!(named.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), all);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_credential_nothing_is_answered() {
    let axis = Axis::start().await;
    let raw = axis.raw().await;
    for method in methods() {
        assert_refused(call_empty(&raw, &method, None).await, Reason::Unauthenticated, &method);
    }
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_method_is_for_its_callers() {
    let axis = Axis::start().await;
    let raw = axis.raw().await;
    let (agency, operator) = (axis.token("H54"), axis.token("operator"));
    let (agency, operator) = (Some(agency.as_str()), Some(operator.as_str()));
    for method in AGENCIES {
        assert_refused(call_empty(&raw, method, operator).await, Reason::NotYourAgency, method);
        assert_let_in(call_empty(&raw, method, agency).await, method);
    }
    for method in OPERATOR {
        assert_refused(call_empty(&raw, method, agency).await, Reason::NotYourAgency, method);
        assert_let_in(call_empty(&raw, method, operator).await, method);
    }
    for method in EVERYBODY {
        assert_let_in(call_empty(&raw, method, agency).await, method);
        assert_let_in(call_empty(&raw, method, operator).await, method);
    }
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_not_good_open_nothing() {
    let axis = Axis::start().await;
    let raw = axis.raw().await;
    let (now, hour) = (Timestamp::now(), Duration::from_secs(3600));
    let caller: Caller = "H54".parse().unwrap();
    let good = axis.issuer.issue(&caller, now, hour);
    let foreign = TokenIssuer::new(&SigningKey::derive(b"the token key of another hub", "token"));
    let (claims, signature) = good.rsplit_once('.').unwrap();
    let (_, payload) = claims.split_once('.').unwrap();
    let others = axis.issuer.issue(&"G22".parse().unwrap(), now, hour);
    let others = others.rsplit_once('.').unwrap().0;
    let bad = [
        (
            "expired",
            axis.issuer.issue(&caller, now - SignedDuration::from_hours(2), hour),
        ),
        (
            "of tomorrow",
            axis.issuer.issue(&caller, now + SignedDuration::from_hours(24), hour),
        ),
        ("signed by another hub", foreign.issue(&caller, now, hour)),
        (
            "of another agency under this signature",
            format!("{others}.{signature}"),
        ),
        ("without a signature", format!("{claims}.")),
        // {"alg":"none","typ":"JWT"}
        (
            "of algorithm `none`",
            format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}."),
        ),
        ("too long", format!("{good}{}", "A".repeat(4000))),
        ("no token", "H54".to_owned()),
        ("empty", String::new()),
    ];
    for (what, token) in &bad {
        for method in methods() {
            let answer = call_empty(&raw, &method, Some(token)).await;
            assert_refused(answer, Reason::Unauthenticated, &format!("{method}, token {what}"));
        }
    }
    assert_let_in(
        call_empty(&raw, "/truc.v1.OperationsService/GetClock", Some(&good)).await,
        "a good token",
    );
    axis.stop().await;
}

/// A document from `G22` to `H54` with one attachment; `H05` has nothing to do with it.
async fn document(axis: &Axis) -> (Header, [u8; 32]) {
    let mut header = letter("G22", &["H54"]);
    let content = attach(&mut header, "Chỉ dành cho nơi nhận".as_bytes());
    let sha256 = content.0;
    axis.agency("G22")
        .send(axis.sign(&header, vec![content]))
        .await
        .expect("a receipt");
    (header, sha256)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_for_its_parties() {
    let axis = Axis::start().await;
    let raw = axis.raw().await;
    let (header, sha256) = document(&axis).await;
    let document_id = header.document_id.to_string();
    let track = pb::TrackRequest {
        document_id: document_id.clone(),
    };
    let download = pb::DownloadRequest {
        document_id: document_id.clone(),
        sha256: Bytes::copy_from_slice(&sha256),
        offset: 0,
    };
    let report = pb::ReportStatusRequest {
        document_id,
        status: pb::StatusCode::Accepted.into(),
        ..Default::default()
    };
    let methods = ["Track", "Download", "ReportStatus"].map(|method| format!("/truc.v1.ExchangeService/{method}"));
    for other in ["H05", "H54.12", "H99"] {
        let token = axis.token(other);
        let token = Some(token.as_str());
        assert_refused(
            call(&raw, &methods[0], token, track.clone()).await,
            Reason::NotYourDocument,
            other,
        );
        assert_refused(
            call(&raw, &methods[1], token, download.clone()).await,
            Reason::NotYourDocument,
            other,
        );
        let reason = if other == "H99" {
            Reason::SenderUnknown
        } else {
            Reason::NotYourDocument
        };
        assert_refused(call(&raw, &methods[2], token, report.clone()).await, reason, other);
    }
    for party in ["G22", "H54", "operator"] {
        let token = axis.token(party);
        call(&raw, &methods[0], Some(&token), track.clone()).await.expect(party);
        call(&raw, &methods[1], Some(&token), download.clone())
            .await
            .expect(party);
    }
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_of_others_can_be_neither_answered_nor_acted_on() {
    let axis = Axis::start().await;
    let (theirs, _) = document(&axis).await;
    let mut reply = letter("H05", &["H54"]);
    reply.in_reply_to = vec![theirs.document_id];
    let told = axis.refused("H05", axis.sign(&reply, Vec::new())).await;
    assert_eq!(
        (told.reason.as_str(), told.field.as_str()),
        ("NOT_YOUR_DOCUMENT", "header.in_reply_to[0]")
    );

    // A recipient may answer it, and still not act on it.
    for (agency, act) in [
        ("H05", BusinessAct::Update),
        ("H54", BusinessAct::Recall),
        ("H54", BusinessAct::Replace),
    ] {
        let mut header = letter(agency, &["G22"]);
        (header.act, header.act_targets) = (act, vec![theirs.document_id]);
        header.act_reason = "Không phải của mình".to_owned();
        let told = axis.refused(agency, axis.sign(&header, Vec::new())).await;
        assert_eq!(
            (told.reason.as_str(), told.field.as_str()),
            ("NOT_YOUR_DOCUMENT", "header.act_targets[0]")
        );
    }
    let life = axis.agency("G22").track(theirs.document_id).await.unwrap();
    assert!(!life.frozen);
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_is_its_agencys() {
    let axis = Axis::start().await;
    document(&axis).await;
    let delivery = next(&axis.agency("H54")).await[0].id;
    for other in ["G22", "H05", "H54.12"] {
        let fetched = axis.agency(other).fetch(FetchOptions::default()).await.unwrap();
        assert!(fetched.deliveries.is_empty(), "{other}");
        let outcome = axis.agency(other).acknowledge(&[delivery]).await.unwrap().remove(0);
        // Nothing tells whether there is such a delivery elsewhere.
        assert_eq!(outcome.refusal.unwrap().reason, Reason::DeliveryUnknown, "{other}");
    }
    let outcome = axis.agency("H54").acknowledge(&[delivery]).await.unwrap().remove(0);
    assert_eq!(outcome.refusal, None);
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_registers_its_own_certificates_only() {
    let axis = Axis::start().await;
    let raw = axis.raw().await;
    let method = "/truc.v1.DirectoryService/RegisterCertificate";
    let mut chain = axis.head("H54").chain().certificates.clone().into_iter();
    let request = pb::RegisterCertificateRequest {
        der: chain.next().expect("a certificate"),
        issuers: chain.collect(),
    };
    let other = axis.token("H05");
    let told = assert_refused(
        call(&raw, method, Some(&other), request.clone()).await,
        Reason::NotYourAgency,
        "H05",
    );
    assert_eq!(told.field, "der");
    for allowed in ["H54", "operator"] {
        call(&raw, method, Some(&axis.token(allowed)), request.clone())
            .await
            .expect(allowed);
    }
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn content_belongs_to_who_uploaded_it() {
    let axis = Axis::start().await;
    let content = b"uploaded by one agency".to_vec();
    axis.agency("G22").upload_bytes(content.clone().into()).await.unwrap();
    let mut header = letter("H05", &["H54"]);
    let (named, _) = attach(&mut header, &content);
    assert_eq!(named, sha256(&content));
    let told = axis.refused("H05", axis.sign(&header, Vec::new())).await;
    assert_eq!(
        (told.reason.as_str(), told.field.as_str()),
        ("ATTACHMENT_MISSING", "header.attachments[0]")
    );
    axis.stop().await;
}
