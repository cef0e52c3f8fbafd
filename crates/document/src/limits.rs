//! How large things may be. Lengths of fields are Unicode characters and those of Decree 30/2020/NĐ-CP, Appendix VI,
//! where it names them.

/// A whole envelope, bytes.
pub const ENVELOPE_BYTES_MAX: usize = 4 << 20;
/// A header, bytes: 12,000 recipients fit.
pub const HEADER_BYTES_MAX: usize = 512 << 10;
/// Contents carried inline, bytes together.
pub const INLINE_BYTES_MAX: usize = 1 << 20;
/// One attachment, bytes.
pub const ATTACHMENT_BYTES_MAX: u64 = 2 << 30;
/// Recipients of one document: every commune before July 2025 fits.
pub const RECIPIENTS_MAX: usize = 12_000;
/// Attachments of one document.
pub const ATTACHMENTS_MAX: usize = 100;
/// Documents that one recalls, updates or replaces.
pub const TARGETS_MAX: usize = 100;
/// Documents that one answers.
pub const REPLIES_MAX: usize = 100;
/// Fields of other formats.
pub const EXTENSIONS_MAX: usize = 50;
/// Largest number in a register: `CodeNumber`, 11 digits.
pub const NUMBER_MAX: u64 = 99_999_999_999;
/// Pages and copies, three digits.
pub const COUNT_MAX: u32 = 999;
/// Subject (trích yếu).
pub const SUBJECT_MAX: usize = 500;
/// Description, reason.
pub const DESCRIPTION_MAX: usize = 500;
/// Full name.
pub const FULL_NAME_MAX: usize = 50;
/// Position, competence, sphere, media type, names of staff.
pub const NAME_MAX: usize = 100;
/// Name of an agency: `OrganName`.
pub const AGENCY_NAME_MAX: usize = 200;
/// Free-text addressees together: `ToPlaces`.
pub const OTHER_PLACES_MAX: usize = 1000;
/// Language.
pub const LANGUAGE_MAX: usize = 30;
/// File name.
pub const FILE_NAME_MAX: usize = 255;
/// Value of a field of another format.
pub const EXTENSION_MAX: usize = 2000;
/// Certificates that come with a signature.
pub const CHAIN_MAX: usize = 4;
/// One certificate, bytes.
pub const CERTIFICATE_BYTES_MAX: usize = 8 << 10;
