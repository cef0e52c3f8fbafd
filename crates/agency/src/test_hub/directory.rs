//! DirectoryService of the test hub: 25 agencies in pages of 10, whatever page size is asked for.

use tonic::{Request, Response, Status};
use truc_document::Reason;
use truc_proto::v1 as pb;
use truc_services::directory_service_server::DirectoryService;

use super::{TestHub, refusal};
use crate::status::status_of;

const AGENCIES: usize = 25;
const PAGE: usize = 10;

fn agency(number: usize) -> pb::Agency {
    pb::Agency {
        code: format!("H54.{number}"),
        level: 3,
        province: "H54".to_owned(),
        signing_policy: 1,
        ..pb::Agency::default()
    }
}

fn unscripted<R>() -> Result<Response<R>, Status> {
    Err(status_of(&refusal(Reason::NotYourAgency)))
}

#[tonic::async_trait]
impl DirectoryService for TestHub {
    async fn list_agencies(
        &self,
        request: Request<pb::ListAgenciesRequest>,
    ) -> Result<Response<pb::ListAgenciesResponse>, Status> {
        self.open()?;
        let first = request.into_inner().page_token.parse().unwrap_or(0);
        let end = AGENCIES.min(first + PAGE);
        let next_page_token = if end < AGENCIES { end.to_string() } else { String::new() };
        let agencies = (first..end).map(agency).collect();
        Ok(Response::new(pb::ListAgenciesResponse {
            agencies,
            next_page_token,
            total: AGENCIES as u64,
        }))
    }

    async fn get_agency(
        &self,
        request: Request<pb::GetAgencyRequest>,
    ) -> Result<Response<pb::GetAgencyResponse>, Status> {
        let code = request.into_inner().code;
        Ok(Response::new(pb::GetAgencyResponse {
            agency: Some(pb::Agency { code, ..agency(1) }),
        }))
    }

    async fn register_agency(
        &self,
        request: Request<pb::RegisterAgencyRequest>,
    ) -> Result<Response<pb::RegisterAgencyResponse>, Status> {
        Ok(Response::new(pb::RegisterAgencyResponse {
            agency: request.into_inner().agency,
        }))
    }

    async fn update_agency(
        &self,
        _: Request<pb::UpdateAgencyRequest>,
    ) -> Result<Response<pb::UpdateAgencyResponse>, Status> {
        unscripted()
    }

    async fn close_agency(
        &self,
        request: Request<pb::CloseAgencyRequest>,
    ) -> Result<Response<pb::CloseAgencyResponse>, Status> {
        let pb::CloseAgencyRequest { code, successor } = request.into_inner();
        Ok(Response::new(pb::CloseAgencyResponse {
            agency: Some(pb::Agency {
                code,
                successor,
                ..agency(1)
            }),
            moved: 2,
            folded: 1,
        }))
    }

    async fn list_certificates(
        &self,
        _: Request<pb::ListCertificatesRequest>,
    ) -> Result<Response<pb::ListCertificatesResponse>, Status> {
        unscripted()
    }

    async fn register_certificate(
        &self,
        _: Request<pb::RegisterCertificateRequest>,
    ) -> Result<Response<pb::RegisterCertificateResponse>, Status> {
        unscripted()
    }

    async fn revoke_certificate(
        &self,
        _: Request<pb::RevokeCertificateRequest>,
    ) -> Result<Response<pb::RevokeCertificateResponse>, Status> {
        unscripted()
    }

    async fn get_revocation_list(
        &self,
        _: Request<pb::GetRevocationListRequest>,
    ) -> Result<Response<pb::GetRevocationListResponse>, Status> {
        unscripted()
    }
}
