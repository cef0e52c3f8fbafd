//! A kept signature, put back with the prefixes that it relies on.

use super::{
    super::{NAMESPACE, Profile, Signature},
    WriteError,
};

/// The declarations that the element around a signature needs, so that its bytes mean what they meant. That element and
/// all of its own children have a prefix, so a default namespace is free to be declared.
pub(super) fn declarations(
    profile: Profile,
    signature: Option<&Signature>,
) -> Result<Vec<(String, String)>, WriteError> {
    let Some(signature) = signature else {
        return Ok(Vec::new());
    };
    let mut declarations = Vec::new();
    let in_force = if profile == Profile::Vnpt { NAMESPACE } else { "" };
    let default = signature
        .bindings
        .iter()
        .find(|(prefix, _)| prefix.is_empty())
        .map_or("", |(_, namespace)| namespace);
    if default != in_force {
        declarations.push(("xmlns".to_owned(), default.to_owned()));
    }
    for (prefix, namespace) in &signature.bindings {
        match prefix.as_str() {
            "" => {}
            "edXML" if namespace == NAMESPACE => {}
            "edXML" => return Err(WriteError::SignaturePrefix(prefix.clone())),
            _ => declarations.push((format!("xmlns:{prefix}"), namespace.clone())),
        }
    }
    Ok(declarations)
}
