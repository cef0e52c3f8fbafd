//! Letter: header and contents of a planned document, made when it is sent.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use truc_document::{
    Attachment, BusinessAct, Header, Notation, Recipient, RecipientRole, Signer, SteeringType, SystemKind, render,
    suggest, zone::day_of,
};
use truc_signature::Capacity;

use super::{
    Kind, Planned, Traffic,
    pdf::{Paragraph, pdf},
    people, wording,
};
use crate::{chance::Chance, topology::AgencyEntry};

/// A document as its sender made it, to be signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// The header, with the digests of the contents.
    pub header: Header,
    /// Contents of the attachments, in their order.
    pub contents: Vec<Bytes>,
    /// Who signs; nobody where the document bears the seal alone.
    pub personal: Option<PersonalSignature>,
}

/// The person who signs a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalSignature {
    /// As the certificate says.
    pub capacity: Capacity,
    /// As the header says.
    pub full_name: String,
}

impl Traffic {
    /// Makes the letter of a planned document: always the same.
    pub fn letter(&self, planned: &Planned) -> Letter {
        let mut chance = Chance::new(self.seed, &format!("letter/{:x}", planned.key));
        let sender = &self.agencies[planned.sender];
        let (capacity, signer) = people::signer(sender, self.seed, &mut chance);
        let full_name = signer.full_name.clone();
        let mut header = self.header(planned, signer, &mut chance);
        let contents = contents(&header, planned, sender, &mut chance);
        header.attachments = contents.iter().map(|(attachment, _)| attachment.clone()).collect();
        Letter {
            header,
            contents: contents.into_iter().map(|(_, content)| content).collect(),
            personal: planned.signed.then_some(PersonalSignature { capacity, full_name }),
        }
    }

    fn header(&self, planned: &Planned, signer: Signer, chance: &mut Chance) -> Header {
        let flow = &self.scenario.flow[usize::from(planned.flow)];
        let sender = &self.agencies[planned.sender];
        let recipients = planned
            .recipients
            .iter()
            .map(|index| self.agencies[*index].code.clone());
        let notation = self.notation(planned, chance);
        let mut header = Header::new(
            planned.document_id,
            sender.code.clone(),
            recipients,
            u64::from(planned.number),
            notation,
            planned.document_type,
            self.subject(planned, chance),
            signer,
            planned.at,
        );
        header.urgency = planned.urgency;
        header.due_on = planned.due_on;
        header.paper_follows = planned.paper;
        header.copy_count = u32::from(planned.paper) * u32::try_from(planned.recipients.len()).unwrap_or(1).min(999);
        header.steering = flow.steering.map_or(SteeringType::None, |steering| steering.0);
        header.system = flow.system.0;
        header.place = wording::place_of(sender).to_owned();
        give_roles(&mut header.recipients, flow.system.0);
        match planned.kind() {
            Kind::New => {}
            Kind::Answer(key) => {
                header.in_reply_to = self.id_of(key);
                // A system is what the sender runs; who answers does so in its document management.
                header.system = SystemKind::DocumentManagement;
                if header.steering == SteeringType::Steering {
                    header.steering = SteeringType::Report;
                }
            }
            Kind::Copy(_) => {
                header.system = SystemKind::DocumentManagement;
                header.steering = SteeringType::None;
            }
            Kind::Recall(key) => self.acts_on(&mut header, BusinessAct::Recall, key, chance),
            Kind::Replacement(key) => self.acts_on(&mut header, BusinessAct::Replace, key, chance),
        }
        header
    }

    fn acts_on(&self, header: &mut Header, act: BusinessAct, key: u64, chance: &mut Chance) {
        header.act = act;
        header.act_targets = self.id_of(key);
        // A scenario with such acts has reasons: its check sees to it.
        header.act_reason = chance.pick(&self.scenario.acts.reasons).clone();
    }

    fn id_of(&self, key: u64) -> Vec<uuid::Uuid> {
        self.of_key(key)
            .map(|planned| planned.document_id)
            .into_iter()
            .collect()
    }

    /// What a document is about. Those that follow another name it.
    fn subject(&self, planned: &Planned, chance: &mut Chance) -> String {
        let named = |key: u64| {
            self.of_key(key)
                .map(|other| (self.rendered(other), self.letter_subject(other)))
        };
        match planned.kind() {
            Kind::New => self.letter_subject(planned),
            Kind::Answer(key) => match named(key) {
                Some((notation, _)) if chance.below(2) == 0 => format!("Phúc đáp văn bản số {notation}"),
                Some((_, subject)) => format!("Kết quả thực hiện: {subject}"),
                None => "Phúc đáp".to_owned(),
            },
            Kind::Copy(key) => match named(key) {
                Some((notation, _)) => format!("Nộp hồ sơ của văn bản số {notation} vào lưu trữ điện tử"),
                None => "Nộp hồ sơ vào lưu trữ điện tử".to_owned(),
            },
            Kind::Recall(key) => match named(key) {
                Some((notation, _)) => format!("Thu hồi văn bản số {notation}"),
                None => "Thu hồi văn bản".to_owned(),
            },
            Kind::Replacement(key) => match named(key) {
                Some((notation, subject)) => format!("{subject} (thay thế văn bản số {notation})"),
                None => self.letter_subject(planned),
            },
        }
    }

    /// The subject of a document that stands alone; drawn from a stream of its own, so that what follows it can ask.
    fn letter_subject(&self, planned: &Planned) -> String {
        let mut chance = Chance::new(self.seed, &format!("subject/{:x}", planned.key & !0xff));
        let day = day_of(planned.at);
        let sender = wording::unit_of(&self.agencies[planned.sender]);
        let to = planned
            .recipients
            .first()
            .map_or("", |first| wording::unit_of(&self.agencies[*first]));
        let subject = chance
            .pick(&self.scenario.flow[usize::from(planned.flow)].subjects)
            .clone();
        let (person, number) = (people::name(&mut chance), chance.between(1, 99).to_string());
        let filled = wording::filled(
            &subject,
            [
                sender,
                to,
                &day.month().to_string(),
                &day.year().to_string(),
                &person,
                &format!("{number:0>2}"),
            ],
        );
        filled.chars().take(400).collect()
    }

    /// Number and notation of another document as they stand on it.
    fn rendered(&self, other: &Planned) -> String {
        let mut chance = Chance::new(self.seed, &format!("letter/{:x}", other.key));
        let sender = &self.agencies[other.sender];
        // The same draws as when the letter is made: signer first, then notation.
        let _ = people::signer(sender, self.seed, &mut chance);
        render(u64::from(other.number), &self.notation(other, &mut chance))
    }

    fn notation(&self, planned: &Planned, chance: &mut Chance) -> Notation {
        let unit = chance.pick(wording::drafting_units(self.agencies[planned.sender].party()));
        suggest(planned.document_type, &self.abbreviations[planned.sender], unit)
            .or_else(|_| suggest(planned.document_type, "CQ", unit))
            .unwrap_or_else(|_| unreachable!("a type and two short words make a notation"))
    }
}

/// The first acts, the next two coordinate, the others are to know; in dossiers each acts.
fn give_roles(recipients: &mut [Recipient], system: SystemKind) {
    if system != SystemKind::DocumentManagement {
        return;
    }
    for (at, recipient) in recipients.iter_mut().enumerate() {
        recipient.role = match at {
            0 => RecipientRole::ToAct,
            1 | 2 => RecipientRole::ToCoordinate,
            _ => RecipientRole::ToKnow,
        };
    }
}

fn contents(header: &Header, planned: &Planned, sender: &AgencyEntry, chance: &mut Chance) -> Vec<(Attachment, Bytes)> {
    let number = render(header.number, &header.notation);
    let day = header.issued_on;
    let place_and_day = format!(
        "{}, ngày {:02} tháng {:02} năm {}",
        header.place,
        day.day(),
        day.month(),
        day.year()
    );
    let above = [
        sender.name.to_uppercase(),
        format!("Số: {number}"),
        place_and_day,
        header.document_type.vietnamese().to_uppercase(),
    ];
    let mut paragraphs: Vec<Paragraph> = above.iter().map(|text| Paragraph::Text(text)).collect();
    paragraphs.push(Paragraph::Text(&header.subject));
    // A line of text takes about five bytes a character in the file: one drawn, four to say it.
    let mut bytes = 1500;
    while bytes < planned.bytes {
        let sentence = chance.index(wording::SENTENCES.len());
        bytes += u32::try_from(wording::sentence_length(sentence) * 5 + 60).unwrap_or(500);
        paragraphs.push(Paragraph::Sentence(sentence));
    }
    paragraphs.extend(
        [
            &header.signer.competence,
            &header.signer.position,
            &header.signer.full_name,
        ]
        .map(|text| Paragraph::Text(text)),
    );
    paragraphs.retain(|paragraph| !matches!(paragraph, Paragraph::Text("")));
    let file = number.replace('/', "-");
    let document = Bytes::from(pdf(&header.subject, &paragraphs));
    let mut contents = vec![attached(&format!("{file}.pdf"), "application/pdf", "", document)];
    if planned.appendix {
        let rows: Vec<String> = (1..=chance.between(5, 20))
            .map(|row| format!("{row}\t{}\t{}", people::name(chance), chance.below(100)))
            .collect();
        let text = format!(
            "Phụ lục kèm theo văn bản số {number}\nSTT\tHọ và tên\tSố lượng\n{}\n",
            rows.join("\n")
        );
        contents.push(attached(
            &format!("{file}-phu-luc.txt"),
            "text/plain; charset=utf-8",
            "Phụ lục",
            text.into(),
        ));
    }
    contents
}

fn attached(name: &str, content_type: &str, description: &str, content: Bytes) -> (Attachment, Bytes) {
    let attachment = Attachment {
        sha256: Sha256::digest(&content).into(),
        size: content.len() as u64,
        name: name.to_owned(),
        content_type: content_type.to_owned(),
        description: description.to_owned(),
    };
    (attachment, content)
}
