-- A database as gateways before this one made and filled it, in SQLite: all of their tables, and
-- rows in each form that they have ever written. Read by test_old_database.py, which knows the rows.

CREATE TABLE audit_logs (
  id TEXT PRIMARY KEY, timestamp DATETIME NOT NULL, duration_ns INTEGER DEFAULT 0,
  requested_model TEXT, resolved_model TEXT, provider TEXT, provider_name TEXT,
  alias_used INTEGER DEFAULT 0, workflow_version_id TEXT, cache_type TEXT,
  status_code INTEGER DEFAULT 0, request_id TEXT, auth_key_id TEXT, auth_method TEXT,
  client_ip TEXT, method TEXT, path TEXT, user_path TEXT, stream INTEGER DEFAULT 0,
  error_type TEXT, data JSON);
CREATE INDEX idx_audit_timestamp ON audit_logs (timestamp);
CREATE INDEX idx_audit_requested_model ON audit_logs (requested_model);
CREATE INDEX idx_audit_status ON audit_logs (status_code);
CREATE INDEX idx_audit_provider ON audit_logs (provider);
CREATE INDEX idx_audit_provider_name ON audit_logs (provider_name);
CREATE INDEX idx_audit_workflow_version_id ON audit_logs (workflow_version_id);
CREATE INDEX idx_audit_request_id ON audit_logs (request_id);
CREATE INDEX idx_audit_auth_key_id ON audit_logs (auth_key_id);
CREATE INDEX idx_audit_client_ip ON audit_logs (client_ip);
CREATE INDEX idx_audit_path ON audit_logs (path);
CREATE INDEX idx_audit_user_path ON audit_logs (user_path);
CREATE INDEX idx_audit_error_type ON audit_logs (error_type);
CREATE INDEX idx_audit_response_id ON audit_logs (json_extract(data, '$.response_body.id'));
CREATE INDEX idx_audit_previous_response_id
  ON audit_logs (json_extract(data, '$.request_body.previous_response_id'));
INSERT INTO audit_logs VALUES
  ('a0000000-0000-4000-8000-000000000001',
   '2026-02-17T10:00:05Z', 7000000, 'fast', 'main/gpt-test', 'openai', 'main',
   1, 'w0000000', NULL, 200, 'r1', 'k1', 'api_key', '10.0.0.1', 'POST', '/v1/responses', '/team/a',
   1, '', '{"user_agent":"old/1.0","response_body":{"id":"resp-old"}}'),
  ('a0000000-0000-4000-8000-000000000002',
   '2026-02-17T10:00:05.1Z', 8, 'gpt-test', '', 'openai', '', 0, '', NULL, 200,
   'r2', '', 'no_key', '', 'POST', '/v1/responses', '/', 0, '',
   '{"request_body":{"previous_response_id":"resp-old"}}'),
  ('a0000000-0000-4000-8000-000000000003',
   '2026-02-17 10:00:04.5+00:00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
   401, NULL, NULL, NULL, NULL, 'POST', '/v1/files', NULL, NULL, 'authentication_error', NULL),
  ('a0000000-0000-4000-8000-000000000004',
   '2026-02-18T00:30:00.123456Z', 9, 'gpt-test', 'main/gpt-test', 'openai', 'main',
   0, '', 'exact', 200, 'r4', '', 'master_key', '', 'POST', '/v1/chat/completions', '/team/a',
   0, '', '{"response_body":"no object","request_body_too_big_to_handle":true}');

CREATE TABLE usage (
  id TEXT PRIMARY KEY, request_id TEXT NOT NULL, provider_id TEXT NOT NULL,
  timestamp DATETIME NOT NULL, model TEXT NOT NULL, provider TEXT NOT NULL, provider_name TEXT,
  endpoint TEXT NOT NULL, user_path TEXT, cache_type TEXT,
  input_tokens INTEGER NOT NULL DEFAULT 0, output_tokens INTEGER NOT NULL DEFAULT 0,
  total_tokens INTEGER NOT NULL DEFAULT 0, raw_data JSON, input_cost REAL,
  output_cost REAL, total_cost REAL, costs_calculation_caveat TEXT DEFAULT '');
CREATE INDEX idx_usage_timestamp ON usage (timestamp);
CREATE INDEX idx_usage_request_id ON usage (request_id);
CREATE INDEX idx_usage_provider_id ON usage (provider_id);
CREATE INDEX idx_usage_model ON usage (model);
CREATE INDEX idx_usage_provider ON usage (provider);
CREATE INDEX idx_usage_provider_name ON usage (provider_name);
CREATE INDEX idx_usage_user_path ON usage (user_path);
CREATE INDEX idx_usage_cache_type ON usage (cache_type);
CREATE INDEX idx_usage_timestamp_epoch ON usage (unixepoch(replace(timestamp, ' ', 'T')));
CREATE INDEX idx_usage_user_path_normalized
  ON usage (COALESCE(NULLIF(TRIM(user_path), ''), '/'));
INSERT INTO usage VALUES
  ('b0000000-0000-4000-8000-000000000001',
   'r1', 'resp-old', '2026-02-17T10:00:05Z', 'gpt-test', 'openai', 'main',
   '/v1/responses', '/team/a', NULL, 10, 5, 15, '{"prompt_cached_tokens":4}', 0.5, 0.25, 0.75, ''),
  ('b0000000-0000-4000-8000-000000000002',
   'r2', '', '2026-02-17T10:00:05.1Z', 'gpt-test', 'openai', NULL, '/v1/responses',
   NULL, '', 20, 6, 26, '{"odd_tokens":1}', NULL, NULL, NULL, 'unmapped token field: odd_tokens'),
  ('b0000000-0000-4000-8000-000000000003',
   'r3', 'msg-1', '2026-02-17 10:00:06.2+00:00', 'claude', 'anthropic', '',
   '/v1/chat/completions', '', NULL, 10, 5, 15,
   '{"cache_read_input_tokens":30,"cache_creation_input_tokens":20}', NULL, NULL, NULL, NULL),
  ('b0000000-0000-4000-8000-000000000004',
   'r4', 'c-4', '2026-02-18T00:30:00.123456Z', 'gpt-test', 'openai', 'main',
   '/v1/chat/completions', '/team/a', 'exact', 100, 50, 150, NULL, 1.5, 0.5, 2, ''),
  ('b0000000-0000-4000-8000-000000000005',
   'r5', 'c-5', '2026-02-18 01:00:00', 'gpt-test', 'openai', 'main',
   '/v1/chat/completions', '/', NULL, 3, 0, 3, NULL, 1, NULL, 1, '');

CREATE TABLE auth_keys (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL DEFAULT '', user_path TEXT,
  redacted_value TEXT NOT NULL, secret_hash TEXT NOT NULL UNIQUE, enabled INTEGER NOT NULL DEFAULT 1,
  expires_at INTEGER, deactivated_at INTEGER, created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL);
CREATE INDEX idx_auth_keys_enabled ON auth_keys (enabled);
CREATE INDEX idx_auth_keys_created_at ON auth_keys (created_at DESC);
-- Of the secrets sk_gom_aaa..., sk_gom_bbb..., sk_gom_ccc...
INSERT INTO auth_keys VALUES
  ('k1', 'works', 'of a team', '/team/a', 'sk_gom_...aaaa',
   '66d34fba71f8f450f7e45598853e53bfc23bbd129027cbb131a2f4ffd7878cd0', 1, 7258118400, NULL, 50, 60),
  ('k2', 'deactivated', '', NULL, 'sk_gom_...bbbb',
   'f01b57226261ae3756b93936e1c4e6b849f9a5b0933fa3b91843bf4195b9d964', 0, NULL, 70, 40, 70),
  ('k3', 'expired', '', '', 'sk_gom_...cccc',
   '0c49d89230696ff3c031ca5a128a4e121e3589bf872c17fa04487ed0cc245d21', 1, 99, NULL, 30, 30);

CREATE TABLE aliases (
  name TEXT PRIMARY KEY, target_model TEXT NOT NULL, target_provider TEXT NOT NULL DEFAULT '',
  description TEXT NOT NULL DEFAULT '', enabled INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE INDEX idx_aliases_enabled ON aliases (enabled);
CREATE INDEX idx_aliases_updated_at ON aliases (updated_at DESC);
INSERT INTO aliases VALUES
  ('fast', 'gpt-test', 'main', 'The fast one', 1, 10, 20),
  ('nobody', 'gone/model', '', '', 1, 10, 20),
  ('off', 'gpt-test', '', '', 0, 10, 20);

CREATE TABLE model_overrides (
  selector TEXT PRIMARY KEY, provider_name TEXT NOT NULL DEFAULT '',
  model TEXT NOT NULL DEFAULT '', user_paths TEXT NOT NULL DEFAULT '[]',
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE INDEX idx_model_overrides_provider_name ON model_overrides (provider_name);
CREATE INDEX idx_model_overrides_model ON model_overrides (model);
CREATE INDEX idx_model_overrides_updated_at ON model_overrides (updated_at DESC);
INSERT INTO model_overrides VALUES
  ('embed-test', '', 'embed-test', '["/team/a","/team/b"]', 10, 20),
  ('main/embed-test', 'main', 'embed-test', '["/team/b"]', 10, 20);

CREATE TABLE budgets (
  user_path TEXT NOT NULL, period_seconds INTEGER NOT NULL, amount REAL NOT NULL,
  source TEXT NOT NULL DEFAULT '', last_reset_at INTEGER, created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, PRIMARY KEY (user_path, period_seconds));
CREATE INDEX idx_budgets_user_path ON budgets (user_path);
CREATE INDEX idx_budgets_period_seconds ON budgets (period_seconds);
INSERT INTO budgets VALUES
  ('/', 10000000000, 100, 'manual', NULL, 10, 20),
  ('/gone', 86400, 5, 'config', NULL, 10, 20),
  ('/team/a', 86400, 5, 'config', 1771322405, 10, 20),
  ('/team/b', 2592000, 7.5, '', NULL, 10, 20);
CREATE TABLE budget_settings (
  key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL);
INSERT INTO budget_settings VALUES ('daily_reset_hour', '3', 10), ('monthly_reset_day', '15', 20);

-- Of what this gateway does not manage, to be left as it is.
CREATE TABLE guardrail_definitions (
  name TEXT PRIMARY KEY, type TEXT NOT NULL, description TEXT NOT NULL DEFAULT '', user_path TEXT,
  config JSON NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
INSERT INTO guardrail_definitions VALUES
  ('polite', 'system_prompt', '', NULL, '{"mode": "inject", "content": "Be polite."}', 10, 20);
CREATE TABLE workflow_versions (
  id TEXT PRIMARY KEY, scope_provider TEXT, scope_model TEXT, scope_user_path TEXT,
  scope_key TEXT NOT NULL, version INTEGER NOT NULL, active INTEGER NOT NULL DEFAULT 1,
  managed_default INTEGER NOT NULL DEFAULT 0, name TEXT NOT NULL, description TEXT NOT NULL DEFAULT '',
  workflow_payload JSON NOT NULL, workflow_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CHECK (scope_provider IS NOT NULL OR scope_model IS NULL));
CREATE UNIQUE INDEX idx_workflow_versions_scope_version ON workflow_versions (scope_key, version);
CREATE UNIQUE INDEX idx_workflow_versions_active ON workflow_versions (scope_key) WHERE active;
INSERT INTO workflow_versions VALUES
  ('c0000000-0000-4000-8000-000000000001', NULL, NULL, NULL, 'global', 1, 1, 1,
   'default-global', 'Bootstrapped from runtime configuration', '{"features": {"cache": true}}', 'h',
   1771322405);
CREATE TABLE batches (
  id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  status TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX idx_batches_created_at ON batches (created_at DESC);
CREATE INDEX idx_batches_status ON batches (status);
INSERT INTO batches VALUES ('batch_1', 10, 20, 'completed', '{"id": "batch_1"}');
