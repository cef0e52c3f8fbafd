//! Namespaces.

/// The namespace of QCVN 102:2016/BTTTT.
pub const NAMESPACE: &str = "http://www.mic.gov.vn/TBT/QCVN_102_2016";
/// The namespace of the provincial dialect.
pub const NAMESPACE_PROVINCIAL: &str = "http://www.go.vn/eDoc";
/// XML-DSig.
pub(super) const NAMESPACE_SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
