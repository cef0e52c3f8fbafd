use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use tower::ServiceExt as _;

use super::*;

async fn get(path: &str) -> Response {
    let request = Request::get(path).body(Body::empty()).unwrap();
    router().oneshot(request).await.unwrap()
}

#[tokio::test]
async fn the_page_is_the_console_or_says_how_to_build_it() {
    let response = get("/").await;
    assert_eq!(response.status(), StatusCode::OK);
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains("script-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    if is_built() {
        assert!(body.contains("/assets/"), "{body}");
    } else {
        assert!(body.contains("make console"), "{body}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    for path in [
        "/assets/none.js",
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/%2e%2e/package.json",
    ] {
        assert_eq!(get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
