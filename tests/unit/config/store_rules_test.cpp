// The semantic cache, the vector stores and the storage, through the loader.

#include <chrono>

#include "load.hpp"

namespace gomodel::config {
namespace {

using namespace std::chrono_literals;

const char* const kSemantic =
    "cache:\n"
    "  response:\n"
    "    semantic:\n"
    "      embedder: {provider: openai}\n"
    "      vector_store: {type: qdrant, qdrant: {url: http://q, collection: c}}\n";

TEST(SemanticCache, DefaultsOfABlock) {
    const Loaded loaded = load_yaml(kSemantic);
    const SemanticCache& cache = loaded.settings.cache.response.semantic;
    EXPECT_EQ(joined(loaded.problems), "");
    EXPECT_TRUE(cache.enabled);
    EXPECT_EQ(cache.similarity_threshold, 0.92);
    EXPECT_EQ(cache.ttl, 3600s);
    EXPECT_EQ(cache.max_conversation_messages, 3);
    EXPECT_FALSE(cache.exclude_system_prompt);
    EXPECT_EQ(cache.vector_store.options->getValue<std::string>("collection"), "c");
    EXPECT_FALSE(cache.vector_store.options->has("api_key")) << "blank options are left out";
}

TEST(SemanticCache, AnExplicitZeroIsKeptWhereItMeansSomething) {
    const Loaded loaded = load_yaml(std::string(kSemantic) +
                                    "      ttl: 0\n      max_conversation_messages: 0\n"
                                    "      similarity_threshold: 0\n");
    const SemanticCache& cache = loaded.settings.cache.response.semantic;
    EXPECT_EQ(cache.ttl, 0s);
    EXPECT_EQ(cache.max_conversation_messages, 0);
    EXPECT_EQ(cache.similarity_threshold, 0.92);
}

TEST(SemanticCache, SwitchMakesAndRemovesTheBlock) {
    const Variables all = {{"SEMANTIC_CACHE_ENABLED", "true"},
                           {"SEMANTIC_CACHE_EMBEDDER_PROVIDER", "openai"},
                           {"SEMANTIC_CACHE_VECTOR_STORE_TYPE", "pgvector"},
                           {"SEMANTIC_CACHE_PGVECTOR_URL", "postgres://x"},
                           {"SEMANTIC_CACHE_PGVECTOR_DIMENSION", "1536"},
                           {"SEMANTIC_CACHE_THRESHOLD", "0.8"}};
    const Loaded made = load_yaml("", all);
    EXPECT_EQ(joined(made.problems), "");
    const SemanticCache& cache = made.settings.cache.response.semantic;
    EXPECT_TRUE(cache.enabled);
    EXPECT_EQ(cache.similarity_threshold, 0.8);
    EXPECT_EQ(cache.vector_store.options->getValue<int>("dimension"), 1536);
    EXPECT_EQ(cache.vector_store.options->getValue<std::string>("table"), "gomodel_semantic_cache");

    EXPECT_FALSE(load_yaml(kSemantic, {{"SEMANTIC_CACHE_ENABLED", "false"}})
                     .settings.cache.response.semantic.enabled);
    EXPECT_TRUE(load_yaml(kSemantic, {{"SEMANTIC_CACHE_ENABLED", ""}})
                    .settings.cache.response.semantic.enabled);
    // Without the block its variables are not looked at.
    EXPECT_EQ(joined(load_yaml("", {{"SEMANTIC_CACHE_THRESHOLD", "high"}}).problems), "");
    EXPECT_EQ(load_yaml("", {{"SEMANTIC_CACHE_THRESHOLD", "0.5"}})
                  .settings.cache.response.semantic.similarity_threshold,
              0.92);
}

struct SemanticFault {
    const char* block;  // below cache.response.semantic
    const char* problem;
};

TEST(SemanticCache, ConstraintsAreErrors) {
    const SemanticFault faults[] = {
        {"embedder: {provider: p}, vector_store: {type: qdrant, qdrant: {collection: c}}",
         "error config.yaml:1: cache.response.semantic.vector_store.qdrant.url: is required; "
         "SEMANTIC_CACHE_QDRANT_URL sets it too\n"},
        {"embedder: {provider: p}, vector_store: {type: qdrant, qdrant: {url: u}}",
         "error config.yaml:1: cache.response.semantic.vector_store.qdrant.collection: is "
         "required; SEMANTIC_CACHE_QDRANT_COLLECTION sets it too\n"},
        {"embedder: {provider: p}, vector_store: {type: pgvector, pgvector: {url: u}}",
         "error config.yaml:1: cache.response.semantic.vector_store.pgvector.dimension: is "
         "required; SEMANTIC_CACHE_PGVECTOR_DIMENSION sets it too\n"},
        {"embedder: {provider: p}, vector_store: {type: pgvector, pgvector: {dimension: 3}}",
         "error config.yaml:1: cache.response.semantic.vector_store.pgvector.url: is required; "
         "SEMANTIC_CACHE_PGVECTOR_URL sets it too\n"},
        {"embedder: {provider: p}, vector_store: {type: pinecone, pinecone: {host: h, api_key: "
         "k}}",
         "error config.yaml:1: cache.response.semantic.vector_store.pinecone.dimension: is "
         "required; SEMANTIC_CACHE_PINECONE_DIMENSION sets it too\n"},
        {"embedder: {provider: p}, vector_store: {type: pinecone, pinecone: {host: h, dimension: "
         "3}}",
         "error config.yaml:1: cache.response.semantic.vector_store.pinecone.api_key: is "
         "required; SEMANTIC_CACHE_PINECONE_API_KEY sets it too\n"},
        {"embedder: {provider: p}, vector_store: {type: weaviate, weaviate: {url: u}}",
         "error config.yaml:1: cache.response.semantic.vector_store.weaviate.class: is required; "
         "SEMANTIC_CACHE_WEAVIATE_CLASS sets it too\n"},
        {"vector_store: {type: weaviate, weaviate: {url: u, class: C}}",
         "error config.yaml:1: cache.response.semantic.embedder.provider: is required; "
         "SEMANTIC_CACHE_EMBEDDER_PROVIDER sets it too\n"},
        {"embedder: {provider: local}, vector_store: {type: weaviate, weaviate: {url: u, class: "
         "C}}",
         "error config.yaml:1: cache.response.semantic.embedder.provider: `local` is not "
         "supported: expected the name of a provider\n"},
        {"embedder: {provider: p}",
         "error config.yaml:1: cache.response.semantic.vector_store.type: is required: one of "
         "qdrant pgvector pinecone weaviate, or a plugin's type with a block of that name beside "
         "it\n"},
        {"embedder: {provider: p}, vector_store: {type: Qdrant, qdrant: {url: u, collection: c}}",
         "error config.yaml:1: cache.response.semantic.vector_store.type: unknown type: expected "
         "one of qdrant pgvector pinecone weaviate, or a plugin's type with a block of that name "
         "beside it; did you mean qdrant?\n"},
        {"similarity_threshold: 1.1, embedder: {provider: p}, vector_store: {type: v, v: {}}",
         "error config.yaml:1: cache.response.semantic.similarity_threshold: must be above 0 and "
         "at most 1\n"},
        {"similarity_threshold: -0.1, embedder: {provider: p}, vector_store: {type: v, v: {}}",
         "error config.yaml:1: cache.response.semantic.similarity_threshold: must be above 0 and "
         "at most 1\n"},
        {"similarity_threshold: .inf, embedder: {provider: p}, vector_store: {type: v, v: {}}",
         "error config.yaml:1: cache.response.semantic.similarity_threshold: expected a finite "
         "number\n"},
        {"ttl: -1, embedder: {provider: p}, vector_store: {type: v, v: {}}",
         "error config.yaml:1: cache.response.semantic.ttl: must be at least 0 seconds\n"},
    };
    for (const SemanticFault& fault : faults) {
        const std::string yaml =
            "cache: {response: {semantic: {" + std::string(fault.block) + "}}}\n";
        EXPECT_EQ(joined(load_yaml(yaml).problems), fault.problem) << fault.block;
    }
}

TEST(SemanticCache, NothingIsRequiredWhileItIsOff) {
    EXPECT_EQ(joined(load_yaml("cache: {response: {semantic: {enabled: false, "
                               "similarity_threshold: 7}}}")
                         .problems),
              "");
}

TEST(Storage, EachTypeHasItsOptions) {
    const Settings sqlite = load_yaml("").settings;
    EXPECT_EQ(sqlite.storage.options->getValue<std::string>("path"), "data/gomodel.db");
    const Settings postgresql =
        load_yaml("storage: {type: postgresql, postgresql: {url: a}}", {{"POSTGRES_URL", "b"}})
            .settings;
    EXPECT_EQ(postgresql.storage.options->getValue<std::string>("url"), "b");
    EXPECT_EQ(postgresql.storage.options->getValue<int>("max_conns"), 10);
    const Settings mongodb =
        load_yaml("storage: {mongodb: {database: ''}}",
                  {{"STORAGE_TYPE", "mongodb"}, {"MONGODB_URL", "mongodb://x"}})
            .settings;
    EXPECT_EQ(mongodb.storage.options->getValue<std::string>("database"), "gomodel");
}

TEST(Storage, UrlIsRequired) {
    EXPECT_EQ(joined(load_yaml("storage: {type: postgresql}").problems),
              "error config.yaml:1: storage.postgresql.url: is required; POSTGRES_URL sets it "
              "too\n");
    EXPECT_EQ(joined(load_yaml("storage: {type: mongodb}").problems),
              "error config.yaml:1: storage.mongodb.url: is required; MONGODB_URL sets it too\n");
}

TEST(Storage, APluginsTypeTakesItsBlockAsItIs) {
    const Loaded loaded =
        load_yaml("storage:\n  type: duck\n  duck: {path: x, threads: 4, other: null}\n");
    EXPECT_EQ(joined(loaded.problems), "");
    EXPECT_EQ(loaded.settings.storage.type, "duck");
    EXPECT_EQ(loaded.settings.storage.options->getValue<int>("threads"), 4);
    EXPECT_FALSE(loaded.settings.storage.options->has("other"));
    EXPECT_EQ(joined(load_yaml("storage:\n  duck: {path: x}\n").problems),
              "warning config.yaml:2: storage.duck: unknown key, ignored\n");
}

}  // namespace
}  // namespace gomodel::config
