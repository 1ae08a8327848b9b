"""A large past of answers of Sophie's: one per conversation, a fifth of them due, and what models were asked."""

_DRAFTS = """
insert into drafts (organization_id, id, conversation_id, lead_id, owner_id, assignee_id, dataset_ids, status, reason,
                    inbound_message_id, message_id, first_at, next_attempt_at, created_at)
select $1, c.id, c.id, c.lead_id, c.owner_id, c.assignee_id, c.dataset_ids,
       case when n % 10 = 0 then 'WAITING' when n % 10 = 1 then 'WRITING' when n % 10 = 2 then 'PROPOSED'
       when n % 10 = 3 then 'WITHHELD' when n % 10 = 4 then 'REJECTED' when n % 10 = 5 then 'DISCARDED' else 'SENT' end,
       case when n % 10 = 2 then 'COPILOT' end, md5(c.id::text || 2)::uuid,
       case when n % 10 > 5 then md5(c.id::text || 3)::uuid end, c.created_at,
       timestamptz '2026-01-01' + n * interval '1 second', c.created_at
from (select *, row_number() over (order by created_at) as n from conversations where organization_id = $1) c"""
_MODEL_USES = """
insert into model_uses (organization_id, id, purpose, outcome, model, input_tokens, output_tokens, cost, took_ms,
                        created_at)
select $1, id, (array['ANSWER', 'REVIEW', 'REPLAY'])[1 + n % 3], (array['ANSWERED', 'AWAY'])[1 + n % 2], 'a model',
       1000, 100, 500, 900, timestamptz '2026-01-01' + n * interval '1 hour'
from (select *, row_number() over (order by created_at) as n from conversations where organization_id = $1) c"""
MOST_DUE = 4_400  # drafts, of both organizations
ANSWERED = (_DRAFTS, _MODEL_USES)
