//! What is wanted is read as it is written, and judged by what was measured.

use super::*;

#[track_caller]
fn check(text: &str, expected: Result<(Figure, Comparison, f64), &str>) {
    match (text.parse::<Want>(), expected) {
        (Ok(want), Ok(expected)) => assert_eq!((want.figure, want.comparison, want.limit), expected),
        (Err(error), Err(said)) => assert!(error.to_string().contains(said), "{error}"),
        (got, expected) => panic!("{text}: {got:?}, not {expected:?}"),
    }
}

#[test]
fn wants_are_read_strictly() {
    use Comparison::{Above, AtLeast, AtMost, Below, Exactly};
    check("receipt-p99 < 50ms", Ok((Figure::Receipt(990), Below, 0.05)));
    check("reached-mean<=30m", Ok((Figure::Mean(Stage::Reached), AtMost, 1800.0)));
    check("on-time >= 99.5%", Ok((Figure::OnTime, AtLeast, 99.5)));
    check("refused-unexpected = 0", Ok((Figure::RefusedUnexpected, Exactly, 0.0)));
    let expired = truc_document::Reason::CertificateExpired;
    check(
        "refused-CERTIFICATE_EXPIRED > 3",
        Ok((Figure::Refused(Some(expired)), Above, 3.0)),
    );
    check("receipt-p98 < 50ms", Err("did you mean `receipt-p9"));
    check("refused-FOR_FUN = 0", Err("unknown figure `refused-FOR_FUN`"));
    check("receipt-p99 < 50", Err("such as `50ms`"));
    check("accepted > many", Err("such as `1000`"));
    check("accepted > NaN", Err("such as `1000`"));
    check("on-time >= 99.5", Err("such as `99.5%`"));
    check("receipt-p99", Err("figure, comparison and limit"));
    check("< 50ms", Err("figure, comparison and limit"));
}

#[test]
fn every_figure_is_read_back_by_its_name() {
    for name in Figure::names() {
        assert_eq!(
            name.parse::<Figure>().map(|figure| figure.to_string()),
            Ok(name.to_owned())
        );
    }
}

#[test]
fn values_are_written_with_their_units() {
    let written = [0.0123, 3.21, 5400.0].map(|seconds| Unit::Length.write(seconds));
    assert_eq!(written, ["12.3ms", "3.21s", "1h 30m"]);
    assert_eq!([Unit::Percent.write(99.0), Unit::Number.write(1.5)], ["99%", "1.5"]);
}
