//! Attachments that come in parts: they go on after a restart, and what does not fit is refused with what is here.

use sha2::{Digest as _, Sha256};
use tonic::{Request, Status, transport::Channel};
use tonic_types::StatusExt as _;
use truc_document::{Attachment, Reason, limits};
use truc_proto::v1 as pb;
use truc_services::exchange_service_client::ExchangeServiceClient;
use truc_tests::{Axis, letter, told};

/// One agency that uploads.
struct Uploader {
    client: ExchangeServiceClient<Channel>,
    token: String,
}

impl Uploader {
    async fn of(axis: &Axis, code: &str) -> Self {
        Self {
            client: ExchangeServiceClient::new(axis.raw().await.channel.clone()),
            token: axis.token(code),
        }
    }

    async fn put(&mut self, whole: &Whole, offset: usize, end: usize) -> Result<pb::UploadPartResponse, Status> {
        self.put_bytes(whole, offset, &whole.content[offset..end]).await
    }

    async fn put_bytes(
        &mut self,
        whole: &Whole,
        offset: usize,
        bytes: &[u8],
    ) -> Result<pb::UploadPartResponse, Status> {
        let mut request = Request::new(pb::UploadPartRequest {
            sha256: whole.sha256.to_vec().into(),
            size: whole.size,
            offset: offset as u64,
            chunk: bytes.to_vec().into(),
        });
        let value = format!("Bearer {}", self.token).parse().expect("a header");
        request.metadata_mut().insert("authorization", value);
        Ok(self.client.upload_part(request).await?.into_inner())
    }

    async fn asked(&mut self, whole: &Whole) -> pb::UploadPartResponse {
        self.put_bytes(whole, 0, &[]).await.expect("how much is here")
    }
}

struct Whole {
    content: Vec<u8>,
    sha256: [u8; 32],
    size: u64,
}

/// Content of so many bytes, like no other's.
fn whole(bytes: usize) -> Whole {
    let content: Vec<u8> = (0..bytes).map(|at| (at * 7 + at / 251) as u8).collect();
    Whole {
        sha256: Sha256::digest(&content).into(),
        size: bytes as u64,
        content,
    }
}

fn received(status: &Status) -> Option<String> {
    status
        .get_error_details()
        .error_info()?
        .metadata
        .get("received")
        .cloned()
}

/// What the hub keeps of unfinished uploads, files.
fn parts(axis: &Axis) -> usize {
    std::fs::read_dir(axis.data().join("attachments/parts"))
        .expect("a folder")
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_after_a_restart_and_the_document_is_sent() {
    let axis = Axis::start().await;
    let whole = whole(2_500_000);
    let mut g22 = Uploader::of(&axis, "G22").await;
    assert_eq!(g22.asked(&whole).await.received, 0);
    assert_eq!(g22.put(&whole, 0, 1_000_000).await.expect("a part").received, 1_000_000);

    let axis = axis.restart().await;
    let mut g22 = Uploader::of(&axis, "G22").await;
    let here = g22.asked(&whole).await;
    assert_eq!((here.received, here.stored), (1_000_000, false));
    assert!(!g22.put(&whole, 1_000_000, 2_000_000).await.expect("a part").stored);
    assert!(g22.put(&whole, 2_000_000, 2_500_000).await.expect("the last").stored);
    assert_eq!(parts(&axis), 0);
    // The answer to the last part may have got lost.
    let here = g22.asked(&whole).await;
    assert_eq!((here.received, here.stored), (whole.size, true));

    let mut header = letter("G22", &["H54"]);
    header.attachments.push(Attachment {
        sha256: whole.sha256,
        size: whole.size,
        name: "ho-so.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        description: String::new(),
    });
    axis.agency("G22")
        .send(axis.sign(&header, Vec::new()))
        .await
        .expect("a receipt");
    let mut got = Vec::new();
    let h54 = axis.agency("H54");
    h54.download(header.document_id, whole.sha256, &mut got)
        .await
        .expect("the content");
    assert_eq!(got, whole.content);
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_begins_elsewhere_is_refused_with_what_is_here() {
    let axis = Axis::start().await;
    let whole = whole(10_000);
    let mut g22 = Uploader::of(&axis, "G22").await;
    g22.put(&whole, 0, 4_000).await.expect("a part");
    for offset in [0, 3_999, 4_001, 9_000] {
        let refused = g22.put(&whole, offset, offset + 500).await.expect_err("another offset");
        let told = told(&refused);
        assert_eq!(
            (told.reason.as_str(), told.field.as_str()),
            ("MALFORMED", "offset"),
            "{told:?}"
        );
        assert_eq!(received(&refused).as_deref(), Some("4000"));
    }
    assert!(g22.put(&whole, 4_000, 10_000).await.expect("the rest").stored);
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_bytes_or_more_than_announced_are_refused() {
    let axis = Axis::start().await;
    let whole = whole(10_000);
    let mut g22 = Uploader::of(&axis, "G22").await;
    g22.put(&whole, 0, 4_000).await.expect("a part");
    let more = g22
        .put_bytes(&whole, 4_000, &[1; 6_001])
        .await
        .expect_err("one byte too many");
    assert_eq!(told(&more).reason, Reason::DigestMismatch.as_str());
    assert_eq!(g22.asked(&whole).await.received, 4_000);
    let other = g22
        .put_bytes(&whole, 4_000, &[1; 6_000])
        .await
        .expect_err("other bytes");
    assert_eq!(told(&other).reason, Reason::DigestMismatch.as_str());
    // Nobody knows which part was wrong, so all begins anew.
    assert_eq!(g22.asked(&whole).await.received, 0);
    assert_eq!(parts(&axis), 0);
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes_and_parts_have_limits() {
    let axis = Axis::start().await;
    let mut g22 = Uploader::of(&axis, "G22").await;
    for size in [0, limits::ATTACHMENT_BYTES_MAX + 1] {
        let refused = g22
            .put_bytes(&Whole { size, ..whole(9) }, 0, b"x")
            .await
            .expect_err("a size");
        let told = told(&refused);
        assert_eq!((told.reason.as_str(), told.field.as_str()), ("TOO_LARGE", "size"));
    }
    let large = whole((1 << 20) + 1);
    let told_of = told(&g22.put(&large, 0, large.content.len()).await.expect_err("a large part"));
    assert_eq!(
        (told_of.reason.as_str(), told_of.field.as_str()),
        ("TOO_LARGE", "chunk")
    );
    let short = pb::UploadPartRequest {
        sha256: vec![1; 31].into(),
        size: 1,
        ..Default::default()
    };
    let mut request = Request::new(short);
    let value = format!("Bearer {}", axis.token("G22")).parse().expect("a header");
    request.metadata_mut().insert("authorization", value);
    let refused = g22.client.upload_part(request).await.expect_err("31 bytes");
    assert_eq!(told(&refused).field, "sha256");
    for at in 0..32 {
        g22.put(&whole(20_000 + at), 0, 1).await.expect("a first part");
    }
    let refused = g22.put(&whole(30_000), 0, 1).await.expect_err("a 33rd");
    assert_eq!(told(&refused).reason, Reason::Overloaded.as_str());
    axis.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_goes_on_with_anothers_upload_or_sends_anothers_content() {
    let axis = Axis::start().await;
    let whole = whole(10_000);
    let (mut g22, mut h54) = (Uploader::of(&axis, "G22").await, Uploader::of(&axis, "H54").await);
    g22.put(&whole, 0, 9_999).await.expect("a part");
    assert_eq!(h54.asked(&whole).await.received, 0);
    assert!(h54.put(&whole, 9_999, 10_000).await.is_err());
    assert!(g22.put(&whole, 9_999, 10_000).await.expect("the last byte").stored);
    // It is stored, and H54 has still to show that it has it.
    let here = h54.asked(&whole).await;
    assert_eq!((here.received, here.stored), (0, false));
    let mut header = letter("H54", &["G22"]);
    header.attachments.push(Attachment {
        sha256: whole.sha256,
        size: whole.size,
        name: "cua-nguoi-khac.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        description: String::new(),
    });
    let told = axis.refused("H54", axis.sign(&header, Vec::new())).await;
    assert_eq!(told.reason, Reason::AttachmentMissing.as_str());
    axis.stop().await;
}
