//! Sends a document, receives it as the other agency, reports a status and reads it as the sender.
//!
//! ```sh
//! cargo run -p truc-agency --example send_and_receive http://127.0.0.1:7700 .truc/agencies/H26.99 .truc/agencies/H54
//! ```
//!
//! The folders are named after their agency's code and hold what `truc up` and `truc pki issue --token` write.
#![allow(clippy::print_stdout, reason = "an example says what it does")]

use std::{error::Error, fs, path::Path};

use futures::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use truc_agency::{Agency, Content, Credential, Draft, FileLabel, Hub, StatusToReport, SubscribeOptions};
use truc_document::{DocumentType, Header, Signer, StatusCode};
use truc_signature::{CertificateChain, Identity, SigningKey};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [hub, from, to] = &arguments[..] else {
        return Err("give the hub's address and the folders of sender and recipient".into());
    };
    let (hub, from, to) = (Hub::connect(hub.as_str()).await?, Path::new(from), Path::new(to));
    let (sender, recipient) = (agency(&hub, from)?, agency(&hub, to)?);

    // Send: signed by the person whom the document shows, and with the agency's seal.
    let about = fs::read_to_string(from.join("agency.toml"))?;
    let mut signer = about.lines().filter_map(|line| line.strip_prefix("signer = "));
    let signer = signer.next().unwrap_or_default().trim_matches('"');
    let (person, seal) = (identity(from, "signer")?, identity(from, "seal")?);
    let composed = Draft::new(letter(&sender, &recipient, signer)?)
        .attach(FileLabel::new("van-ban.txt", "text/plain"), "Nội dung văn bản".into())
        .sign(Some(&person), &seal)?;
    let receipt = sender.send(composed.envelope).await?.statement;
    println!("sent {} position {}", receipt.document_id, receipt.position);

    // Receive: what is stored on this side is acknowledged, and never shows again.
    let mut mailbox = recipient.subscribe(SubscribeOptions::default());
    while let Some(delivery) = mailbox.try_next().await? {
        recipient.acknowledge(&[delivery.id]).await?;
        if let Content::Document(document) = delivery.content {
            let header = document.header()?;
            println!("received {} {}", header.document_id, header.subject);
            let accepted = StatusToReport::new(header.document_id, StatusCode::Accepted);
            recipient.report(accepted).await?;
            break;
        }
    }

    // Statuses come as deliveries too: 01 by the hub when it was acknowledged, then 03.
    let mut mailbox = sender.subscribe(SubscribeOptions::default()).take(2);
    while let Some(delivery) = mailbox.try_next().await? {
        if let Content::Status(report) = &delivery.content {
            println!("status {} {} {}", report.document_id, report.status, report.agency);
        }
        sender.acknowledge(&[delivery.id]).await?;
    }
    Ok(())
}

fn agency(hub: &Hub, folder: &Path) -> Result<Agency, Box<dyn Error>> {
    let code = folder.file_name().unwrap_or_default().to_string_lossy().parse()?;
    Ok(hub.agency(code, Credential::Token(fs::read_to_string(folder.join("token"))?)))
}

fn identity(folder: &Path, name: &str) -> Result<Identity, Box<dyn Error>> {
    let key = SigningKey::from_pem(&fs::read_to_string(folder.join(format!("{name}.key")))?)?;
    let chain = CertificateChain::from_pem(&fs::read_to_string(folder.join(format!("{name}.pem")))?)?;
    Ok(Identity::new(key, chain))
}

fn letter(from: &Agency, to: &Agency, name: &str) -> Result<Header, Box<dyn Error>> {
    let (id, now, notation) = (uuid::Uuid::now_v7(), Timestamp::now(), "UBND-VX".parse()?);
    let (from, to, number) = (from.code().clone(), [to.code().clone()], now.as_second().unsigned_abs());
    let (kind, subject, mut signer) = (DocumentType::OfficialLetter, "Gửi thử từ Rust", Signer::default());
    (signer.position, signer.full_name) = ("Chủ tịch".to_owned(), name.to_owned());
    Ok(Header::new(id, from, to, number, notation, kind, subject, signer, now))
}
