"""Raw files -> cache.

input:  the sources of a dataset (config: datasets), from a mirror folder or the web
output: data/raw/{dataset}/{file}, data/cache/{dataset}/{train,valid,test}.h5
"""


rule generate_corpus:
    """Make the demo corpus: .csd files with a planted truth."""
    output:
        expand(
            "data/generated/{{dataset}}/demo_{file}",
            file=[
                "words.csd",
                "vectors.csd",
                "audio.csd",
                "video.csd",
                "labels.csd",
                "folds.json",
                "planted.parquet",
            ],
        ),
    log:
        "logs/generate_corpus/{dataset}.log",
    conda:
        "../../envs/evenfuse.yaml"
    params:
        folder=subpath(output[0], parent=True),
        videos=lambda wildcards: dataset_of(wildcards).generate.videos,
        seed=lambda wildcards: dataset_of(wildcards).generate.seed,
        code=code_digest("evenfuse.commands.generate"),
    message:
        "Generating the {wildcards.dataset} corpus: {params.videos} videos"
    shell:
        "python -m evenfuse generate --videos {params.videos} --seed {params.seed}"
        " --output {params.folder} > {log} 2>&1"


rule fetch_file:
    """Bring one raw file here: from where it was generated, a mirror folder, or the web."""
    input:
        generated_file,
    output:
        "data/raw/{dataset}/{file}",
    log:
        "logs/fetch_file/{dataset}/{file}.log",
    conda:
        "../../envs/evenfuse.yaml"
    resources:
        # no params: another mirror or address is no reason to fetch again
        mirror=mirror_option(),
        addresses=address_options,
    params:
        generated=lambda wildcards, input: [
            f"--folder {Path(file).parent}" for file in input
        ],
        sdk=sdk_option,
        known=known_options,
        store=store_of,
    message:
        "Fetching {wildcards.file} of {wildcards.dataset}"
    shell:
        # Snakemake deletes an output before it is made again; a download survives that in the store
        "python -m evenfuse fetch {output} {params.generated} {resources.mirror}"
        " {resources.addresses} {params.sdk} {params.known} --store {params.store} > {log} 2>&1"


rule align_dataset:
    """Align every modality to the words and segments; cache the three splits."""
    input:
        unpack(raw_files),
    output:
        expand("data/cache/{{dataset}}/{split}.h5", split=SPLITS),
    log:
        "logs/align_dataset/{dataset}.log",
    wildcard_constraints:
        dataset=datasets_to_align(True),
    conda:
        "../../envs/evenfuse.yaml"
    resources:
        mem_mb=memory_of,
        runtime=minutes_of,
    params:
        sources=source_arguments,
        folds=folds_option,
        pause=lambda wildcards: dataset_of(wildcards).pause,
        published=published_options,
        folder=subpath(output[0], parent=True),
        code=code_digest("evenfuse.commands.align"),
    message:
        "Aligning {wildcards.dataset}"
    shell:
        "python -m evenfuse align {params.sources} {params.folds} --pause {params.pause}"
        " {params.published} --output {params.folder} > {log} 2>&1"


rule cache_dataset:
    """Cache a file of any other format as it is: a pickle, a manifest."""
    input:
        unpack(file_to_cache),
    output:
        expand("data/cache/{{dataset}}/{split}.h5", split=SPLITS),
    log:
        "logs/cache_dataset/{dataset}.log",
    wildcard_constraints:
        dataset=datasets_to_align(False),
    conda:
        "../../envs/evenfuse.yaml"
    resources:
        mem_mb=memory_of,
        runtime=minutes_of,
    params:
        form=lambda wildcards: dataset_of(wildcards).format,
        published=published_options,
        modalities=lambda wildcards: [
            f"--modality {m}" for m in kept_modalities(wildcards)
        ],
        folder=subpath(output[0], parent=True),
        code=code_of_caching,
    message:
        "Caching {wildcards.dataset}"
    shell:
        "python -m evenfuse cache {input.file:q} --format {params.form} {params.modalities}"
        " {params.published} --output {params.folder} > {log} 2>&1"


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
        "python -m evenfuse vocabulary {input} --settings {params.settings:q}"
        " --output {output} > {log} 2>&1"
