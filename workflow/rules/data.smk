"""Raw files -> cache.

input:  the sources of a dataset (config: datasets), from a mirror folder or the web
output: data/raw/{dataset}/{file}, data/cache/{dataset}/{train,valid,test}.h5;
        data/vocabulary/{dataset}, or data/encoders/{encoder} of the hub
"""


rule generate_corpus:
    """Make the demo corpus: .csd files with a planted truth."""
    output:
        expand(
            GENERATED,
            file=[
                "demo_words.csd",
                "demo_vectors.csd",
                "demo_audio.csd",
                "demo_video.csd",
                "demo_labels.csd",
                "demo_folds.json",
                "demo_planted.parquet",
            ],
            allow_missing=True,
        ),
    log:
        "logs/generate_corpus/{dataset}.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        folder=subpath(output[0], parent=True),
        videos=lambda wildcards: dataset_of(wildcards).generate.videos,
        seed=lambda wildcards: dataset_of(wildcards).generate.seed,
        silent=of_dataset(PlannedDataset.silent),
        code=code_digest("evenfuse.commands.generate"),
    message:
        "Generating the {wildcards.dataset} corpus: {params.videos} videos"
    shell:
        "python -m evenfuse generate --videos={params.videos:q} --seed={params.seed:q}"
        " {params.silent:q} --output={params.folder:q} > {log:q} 2>&1"


rule fetch_file:
    """Bring one raw file here: from where it was generated, a mirror folder, or the web."""
    input:
        of_file(PlannedFile.generated),
    output:
        RAW,
    log:
        "logs/fetch_file/{dataset}/{file}.log",
    conda:
        "../../envs/evenfuse.yaml"
    resources:
        # a pickle is read whole before its hash is kept
        mem_mb=memory_of,
        # no params: another mirror or address is no reason to fetch again
        places=of_file(PlannedFile.places),
        outlook=of_file(PlannedFile.outlook),
    params:
        identity=of_file(PlannedFile.identity),
        store=of_file(PlannedFile.store),
    message:
        "Fetching {wildcards.file} of {wildcards.dataset}: {resources.outlook}"
    shell:
        # Snakemake deletes an output before it is made again; a download survives that in the store
        "python -m evenfuse fetch {output:q} {resources.places} {params.identity:q}"
        " --store={params.store:q} > {log:q} 2>&1"


rule align_dataset:
    """Align every modality to the words and segments; cache the three splits."""
    input:
        unpack(of_dataset(PlannedDataset.raw_files)),
    output:
        expand("data/cache/{{dataset}}/{split}.h5", split=SPLITS),
    log:
        "logs/align_dataset/{dataset}.log",
    wildcard_constraints:
        dataset=aligned(settings),
    conda:
        "../../envs/evenfuse.yaml"
    resources:
        mem_mb=memory_of,
        runtime=minutes_of,
        # no params: other words for the same terms are no reason to align again
        terms=of_dataset(PlannedDataset.terms),
    params:
        sources=of_dataset(PlannedDataset.roles),
        folds=of_dataset(PlannedDataset.folds),
        pause=lambda wildcards: dataset_of(wildcards).pause,
        metrics=lambda wildcards: dataset_of(wildcards).metrics,
        published=of_dataset(PlannedDataset.published),
        folder=subpath(output[0], parent=True),
        code=code_digest("evenfuse.commands.align"),
    message:
        "Aligning {wildcards.dataset}, format csd"
    shell:
        "python -m evenfuse align {params.sources:q} {params.folds:q} --pause={params.pause:q}"
        " --metrics={params.metrics:q} {params.published:q} {resources.terms}"
        " --output={params.folder:q} > {log:q} 2>&1"


rule cache_dataset:
    """Cache a file of any other format as it is: a pickle, a manifest."""
    input:
        unpack(of_dataset(PlannedDataset.one_file)),
    output:
        expand("data/cache/{{dataset}}/{split}.h5", split=SPLITS),
    log:
        "logs/cache_dataset/{dataset}.log",
    wildcard_constraints:
        dataset=cached_as_they_are(settings),
    conda:
        "../../envs/evenfuse.yaml"
    resources:
        mem_mb=memory_of,
        runtime=minutes_of,
        terms=of_dataset(PlannedDataset.terms),
    params:
        form=lambda wildcards: dataset_of(wildcards).taken,
        metrics=lambda wildcards: dataset_of(wildcards).metrics,
        published=of_dataset(PlannedDataset.published),
        modalities=of_dataset(PlannedDataset.modalities),
        folder=subpath(output[0], parent=True),
        code=of_dataset(PlannedDataset.caching_code),
    message:
        "Caching {wildcards.dataset}, format {params.form}"
    shell:
        "python -m evenfuse cache --format={params.form:q} --metrics={params.metrics:q}"
        " {params.modalities:q} {params.published:q} {resources.terms}"
        " --output={params.folder:q} -- {input.file:q} > {log:q} 2>&1"


rule learn_vocabulary:
    """Learn the WordPiece vocabulary of a BERT that is trained from scratch."""
    input:
        "data/cache/{dataset}/train.h5",
    output:
        directory("data/vocabulary/{dataset}"),
    log:
        "logs/learn_vocabulary/{dataset}.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        settings=as_json(settings.scratch_encoder.model_dump()),
        code=code_digest("evenfuse.commands.vocabulary"),
    message:
        "Learning the vocabulary of {wildcards.dataset}"
    shell:
        "python -m evenfuse vocabulary {input:q} --settings={params.settings:q}"
        " --output={output:q} > {log:q} 2>&1"


rule fetch_encoder:
    """Fetch a pretrained BERT from the hub, once for all runs."""
    output:
        directory(ENCODER),
    log:
        "logs/fetch_encoder/{encoder}.log",
    wildcard_constraints:
        encoder="[^/]+",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        # no code: a BERT that is there is not fetched again, nor its arms trained again
        name=lambda wildcards: hub_name(wildcards.encoder),
        pins="data/downloads/encoders.json",
    message:
        "Fetching the text encoder {params.name} from the hub"
    shell:
        "python -m evenfuse fetch-encoder {params.name:q} --pins={params.pins:q}"
        " --output={output:q} > {log:q} 2>&1"
